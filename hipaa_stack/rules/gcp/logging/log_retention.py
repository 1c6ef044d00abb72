"""An intrusion is found months after it began; logs of only a month show its end and not how it came in."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._audit_logs import holds_audit_logs
from hipaa_stack.rules.gcp._sinks import LOG_BUCKETS
from hipaa_stack.rules.gcp.logging._log_buckets import changeable, retention_days
from hipaa_stack.settings import Profile

_DAYS: Final = 400


@rule(
    id="GCP-LOG-008",
    title="Other log buckets keep 400 days",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=LOG_BUCKETS,
    cites=(
        Cite("164.312(b)", "activity of the last year can be examined"),
        Cite("164.308(a)(1)(ii)(D)", "a review can compare with the same time last year"),
    ),
    fix="Set retentionDays to 400 or more.",
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    changeable(bucket)
    days = retention_days(bucket)
    if days >= _DAYS:
        return
    if holds_audit_logs(bucket.resource, stack):
        raise NotApplicable("how long audit logs are kept is judged by GCP-LOG-003")
    yield bucket.fail("retentionDays", f"logs are deleted after {days} days")
