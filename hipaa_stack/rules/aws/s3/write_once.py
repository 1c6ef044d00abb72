"""Whoever covers tracks deletes the audit logs first; what is locked in compliance mode not even root can delete.

Audit logs lie in buckets that a trail, a flow log, AWS Config or a subscription of logs writes to, and in those with the
tag hipaa-stack/log-kind: audit-archive.
"""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, any_of
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import holds_audit_logs, is_archived
from hipaa_stack.rules.aws._buckets import BUCKET


@rule(
    id="AWS-S3-007",
    title="Audit archives are write-once for six years",
    severity=Severity.HIGH,
    types=(BUCKET,),
    cites=(
        Cite("164.316(b)(2)(i)", "records of actions are kept for six years"),
        Cite("164.312(c)(1)", "nobody can delete or overwrite them before"),
        Cite("164.312(c)(2)", "what is read later is what was written"),
    ),
    fix="Lock it, or the bucket that all of it is replicated to: mode COMPLIANCE, 2192 days or 6 years; a bucket is best made for it.",
    each=asked,
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if not any_of(lambda: is_archived(bucket, stack), lambda: not holds_audit_logs(bucket, stack)):
        yield bucket.fail("bucket", "audit logs in it can be deleted before six years")
    elif not holds_audit_logs(bucket, stack):
        raise NotApplicable("nothing writes audit logs to it")
