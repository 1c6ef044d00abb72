"""Whoever destroys a stack destroys the record of what was done in it, unless the log groups stay."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import LOG_GROUP


@rule(
    id="AWS-LOGS-004",
    title="Logs survive destroy",
    severity=Severity.MEDIUM,
    types=(LOG_GROUP,),
    cites=(
        Cite("164.312(c)(1)", "logs are not deleted together with what they tell of"),
        Cite("164.312(b)", "activity can be examined after the stack is gone"),
    ),
    fix="Set skipDestroy or deletionProtectionEnabled to true.",
    remediates=True,
)
def check(group: Node) -> Iterator[Violation]:
    if not any_of(lambda: group.boolean("skipDestroy") is True, lambda: group.boolean("deletionProtectionEnabled") is True):
        yield group.fail("skipDestroy", "a destroy deletes the logs", remedy=True)
