"""The log bucket that audit logs land in forgets after a month who has read which record, unless it is told otherwise."""

from collections.abc import Iterator

from hipaa_stack.baseline import AUDIT_RETENTION_DAYS
from hipaa_stack.resources import Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._audit_logs import archived, holds_audit_logs
from hipaa_stack.rules.gcp._sinks import LOG_BUCKETS
from hipaa_stack.rules.gcp.logging._log_buckets import changeable, retention_days


@rule(
    id="GCP-LOG-003",
    title="Audit log buckets keep six years",
    severity=Severity.HIGH,
    types=LOG_BUCKETS,
    cites=(
        Cite("164.316(b)(2)(i)", "records of actions are there for six years"),
        Cite("164.312(b)", "activity of long ago can be examined"),
    ),
    fix="Set retentionDays to 2192, or send all audit logs to a locked bucket of Cloud Storage as well.",
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    changeable(bucket)
    days = retention_days(bucket)
    if days >= AUDIT_RETENTION_DAYS:
        return
    if not holds_audit_logs(bucket.resource, stack):
        raise NotApplicable("no audit logs are sent here; how long others are kept is judged by GCP-LOG-008")
    if archived(stack):
        raise NotApplicable("all audit logs are also in a bucket that passes GCP-LOG-002")
    yield bucket.fail("retentionDays", f"audit logs are deleted after {days} days")
