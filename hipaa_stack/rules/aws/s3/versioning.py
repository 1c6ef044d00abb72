"""Without versions, one overwrite or deletion, by mistake or by ransomware, is final."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, any_of, some
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._types import aws

_VERSIONING: Final = aws("s3/bucketVersioning")
_STATUS: Final = "versioningConfiguration.status"


@rule(
    id="AWS-S3-003",
    title="Buckets are versioned",
    severity=Severity.MEDIUM,
    types=(BUCKET, _VERSIONING),
    cites=(
        Cite("164.312(c)(1)", "what was overwritten or deleted can be had back"),
        Cite("164.308(a)(7)(ii)(A)", "earlier versions are exact copies"),
    ),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Give the bucket a BucketVersioning with the status Enabled.",
    each=asked,
)
def check(judged: Node, stack: Stack) -> Iterator[Violation]:
    if judged.resource.rule_type == _VERSIONING:
        if judged.string(_STATUS) != "Enabled":
            yield judged.fail(_STATUS, "versioning is not enabled")
    elif not any_of(
        lambda: any(stack.linked(judged.resource, _VERSIONING, via="bucket")),
        lambda: some(judged.items("versioning", "versionings", scalar=True), lambda each: each.boolean("enabled") is True),
        lambda: judged.boolean("objectLockEnabled") is True,
    ):
        yield judged.fail("bucket", "what is overwritten or deleted is lost")
