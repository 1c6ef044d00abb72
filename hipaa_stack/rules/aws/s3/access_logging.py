"""Who read which object is nowhere on record unless the bucket writes it down."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, any_of
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET, settings_of
from hipaa_stack.rules.aws.s3._buckets import INLINE_LOGGING, LOGGING, takes_access_logs


@rule(
    id="AWS-S3-005",
    title="Access is logged",
    severity=Severity.MEDIUM,
    types=(BUCKET,),
    cites=(Cite("164.312(b)", "every request for an object is recorded"),),
    fix="Give the bucket a BucketLogging with the bucket that access logs go to.",
    each=asked,
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if not any_of(lambda: _is_logged(bucket, stack), lambda: takes_access_logs(bucket, stack)):
        yield bucket.fail("bucket", "requests are not logged")
    elif not _is_logged(bucket, stack):
        raise NotApplicable("it takes access logs itself, and would log its own logging for ever")


def _is_logged(bucket: Node, stack: Stack) -> bool:
    """True for any setting: each names the bucket that the log goes to."""
    return any(settings_of(bucket, stack, LOGGING, *INLINE_LOGGING))
