"""Files in a bucket are read after an incident; in CloudWatch Logs, an alarm can read the same events while it is going on."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import LOG_GROUP, TRAIL

_GROUP = "cloudWatchLogsGroupArn"


@rule(
    id="AWS-TRAIL-004",
    title="Trails reach CloudWatch",
    severity=Severity.MEDIUM,
    types=(TRAIL,),
    cites=(
        Cite("164.308(a)(1)(ii)(D)", "activity can be searched and watched as it happens"),
        Cite("164.312(b)", "there is a second record of it, apart from the bucket"),
    ),
    fix="Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn.",
)
def check(trail: Node, stack: Stack) -> Iterator[Violation]:
    if not comes_from(trail, _GROUP, stack, LOG_GROUP) and not trail.string(_GROUP):
        yield trail.fail(_GROUP, "events reach no log group: no alarm can see them")
