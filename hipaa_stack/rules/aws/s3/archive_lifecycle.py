"""A lifecycle rule that expires objects early hides them from everybody who looks for them, although the lock still keeps them.

Judged are buckets whose Object Lock keeps objects for six years, in either mode.
"""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.baseline import AUDIT_RETENTION_DAYS
from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, all_of, any_of, chain, some
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import lasts, retentions
from hipaa_stack.rules.aws._buckets import BUCKET, settings_of
from hipaa_stack.rules.aws._types import aws

_LIFECYCLE: Final = aws("s3/bucketLifecycleConfiguration")


@rule(
    id="AWS-S3-010",
    title="Lifecycle keeps archives six years",
    severity=Severity.HIGH,
    types=(BUCKET,),
    cites=(Cite("164.316(b)(2)(i)", "records of actions can be found for six years"),),
    fix="Remove the expiration, or set its days to 2192 or more.",
    each=asked,
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if all_of(lambda: _is_locked(bucket, stack), lambda: _expires_early(bucket, stack)):
        yield bucket.fail("bucket", "a lifecycle rule expires objects before six years")
    elif not _is_locked(bucket, stack):
        raise NotApplicable("no Object Lock keeps its objects for six years")


def _is_locked(bucket: Node, stack: Stack) -> bool:
    return some(retentions(bucket, stack), lasts)


def _expires_early(bucket: Node, stack: Stack) -> bool:
    inline = bucket.items("lifecycleRules")
    others = chain(each.items("rules") for each in settings_of(bucket, stack, _LIFECYCLE))
    return some(chain([inline, others]), _is_early)


def _is_early(rule_: Node) -> bool:
    return all_of(
        lambda: any_of(lambda: rule_.string("status") == "Enabled", lambda: rule_.boolean("enabled") is True),
        lambda: some(rule_.items("expiration", "expirations", scalar=True), _ends),
    )


def _ends(expiration: Node) -> bool:
    """True for an expiration before six years, and for one at a date: what is written the day before goes as well."""
    return any_of(
        lambda: expiration.is_set("date"),
        lambda: 0 < (expiration.number("days") or 0) < AUDIT_RETENTION_DAYS,
    )
