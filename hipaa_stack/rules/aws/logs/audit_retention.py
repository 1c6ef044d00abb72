"""Audit logs that expire early are missing when an old incident comes to light, and records of actions are kept for six years.

Audit logs are those of EKS control planes and of trails, and every group with the tag hipaa-stack/log-kind: audit. A
bucket that is write-once for six years may keep them in the place of the group, where every event is copied to it.
"""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import LOG_GROUP, is_audit_log, keeps_six_years


@rule(
    id="AWS-LOGS-002",
    title="Audit logs are kept six years",
    severity=Severity.HIGH,
    types=(LOG_GROUP,),
    cites=(
        Cite("164.312(b)", "what happened can be examined when it comes to light late"),
        Cite("164.316(b)(2)(i)", "records of actions are kept for six years"),
    ),
    fix="Set retentionInDays to 2192, or hand every event over to an archive that is locked for six years.",
)
def check(group: Node, stack: Stack) -> Iterator[Violation]:
    if not is_audit_log(group, stack):
        raise NotApplicable("not an audit log")
    if not keeps_six_years(group, stack):
        yield group.fail("retentionInDays", "audit logs expire before six years, and no locked archive has them")
