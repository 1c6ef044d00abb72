"""A group without a period keeps everything for ever, which nobody has decided and somebody pays for."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import LOG_GROUP
from hipaa_stack.settings import Profile


@rule(
    id="AWS-LOGS-003",
    title="Retention is explicit",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(LOG_GROUP,),
    cites=(Cite("164.312(b)", "how long activity can be examined is a decision, not a default"),),
    fix="Set retentionInDays: 2192 for audit logs, 400 or more for others.",
)
def check(group: Node) -> Iterator[Violation]:
    if not any_of(lambda: bool(group.number("retentionInDays")), lambda: _is_passing_on(group)):
        yield group.fail("retentionInDays", "no period is set: events never expire")
    elif _is_passing_on(group):
        raise NotApplicable("a group of the class DELIVERY keeps events for two days, whatever is set")


def _is_passing_on(group: Node) -> bool:
    return group.string("logGroupClass") == "DELIVERY"
