"""One wrong line in an ACL or a policy opens a bucket to the internet; the public access block refuses what would open it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._types import aws

_BLOCK: Final = aws("s3/bucketPublicAccessBlock")
_FLAGS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule(
    id="AWS-S3-001",
    title="Buckets block public access",
    severity=Severity.CRITICAL,
    types=(BUCKET, _BLOCK),
    cites=(
        Cite("164.312(a)(1)", "nobody outside of the organisation reads objects"),
        Cite("164.312(e)(1)", "no bucket can be reached from the internet without credentials"),
    ),
    fix="Give the bucket a BucketPublicAccessBlock with all four flags true.",
)
def check(judged: Node, stack: Stack) -> Iterator[Violation]:
    if judged.resource.rule_type == _BLOCK:
        yield from chain(_is_off(judged, flag) for flag in _FLAGS)
    elif not any(stack.linked(judged.resource, _BLOCK, via="bucket")):
        yield judged.fail("bucket", "no public access block: an ACL or a policy can open the bucket")


def _is_off(block: Node, flag: str) -> Iterator[Violation]:
    if not block.boolean(flag):
        yield block.fail(flag, f"{flag} is not true")
