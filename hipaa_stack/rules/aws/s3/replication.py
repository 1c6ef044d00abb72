"""A backup in one region is lost, or out of reach, with that region.

Buckets of backups are those whose name or tags have the word backup or velero in them.
"""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, any_of, read_each
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_REPLICATION: Final = aws("s3/bucketReplicationConfig")
_INLINE: Final = ("replicationConfiguration", "replicationConfigurations")
_BACKUP: Final = re.compile(r"(?<![a-z])(backups?|velero)(?![a-z])", re.IGNORECASE)


@rule(
    id="AWS-S3-011",
    title="Backup buckets replicate",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(BUCKET,),
    cites=(Cite("164.308(a)(7)(ii)(B)", "what was lost with one place can be restored from another"),),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Give the bucket a BucketReplicationConfig to a bucket in another region or account.",
    each=asked,
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if not any_of(lambda: _replicates(bucket, stack), lambda: not _holds_backups(bucket)):
        yield bucket.fail("bucket", "the backups in it are in one place only")
    elif not _holds_backups(bucket):
        raise NotApplicable("neither name nor tags say that backups are in it")


def _replicates(bucket: Node, stack: Stack) -> bool:
    return any_of(
        lambda: any(stack.linked(bucket.resource, _REPLICATION, via="bucket")),
        lambda: any(bucket.is_set(name) for name in _INLINE),
    )


def _holds_backups(bucket: Node) -> bool:
    return any_of(
        lambda: _BACKUP.search(bucket.resource.name) is not None,
        lambda: any(_BACKUP.search(name) for _, name in read_each(bucket.string, "bucket", "bucketPrefix")),
        lambda: any(_BACKUP.search(f"{key} {value}") for key, value in bucket.node("tags").entries()),
    )
