"""An intrusion is often found months later; logs of networks and applications then tell how it began, if they are still there."""

from collections.abc import Iterator

from hipaa_stack.baseline import FLOW_LOG_RETENTION_DAYS
from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import LOG_GROUP, is_audit_log, keeps
from hipaa_stack.settings import Profile


@rule(
    id="AWS-LOGS-005",
    title="Other logs are kept 400 days",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(LOG_GROUP,),
    cites=(
        Cite("164.312(b)", "activity of more than a year can be examined"),
        Cite("164.308(a)(1)(ii)(D)", "a review has more than the last weeks to look at"),
    ),
    fix="Set retentionInDays to 400 or more.",
)
def check(group: Node, stack: Stack) -> Iterator[Violation]:
    if not any_of(lambda: keeps(group, FLOW_LOG_RETENTION_DAYS), lambda: is_audit_log(group, stack)):
        yield group.fail("retentionInDays", f"events are deleted before {FLOW_LOG_RETENTION_DAYS} days")
    elif not keeps(group, FLOW_LOG_RETENTION_DAYS):
        raise NotApplicable("an audit log, which AWS-LOGS-002 judges")
