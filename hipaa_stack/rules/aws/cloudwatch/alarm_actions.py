"""An alarm that tells nobody changes its colour on a page that nobody looks at."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_ACTIONS: Final = ("alarmActions", "okActions", "insufficientDataActions")


@rule(
    id="AWS-CW-001",
    title="Alarms have an action",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(aws("cloudwatch/metricAlarm"),),
    cites=(
        Cite("164.308(a)(6)(ii)", "an incident reaches those who respond to it"),
        Cite("164.308(a)(1)(ii)(D)", "what an alarm finds is reviewed"),
    ),
    fix="Set alarmActions to a topic that somebody is subscribed to, and leave actionsEnabled on.",
)
def check(alarm: Node) -> Iterator[Violation]:
    yield from chain((_without_action(alarm), _switched_off(alarm)))


def _without_action(alarm: Node) -> Iterator[Violation]:
    if not some(_ACTIONS, alarm.is_set):
        yield alarm.fail("alarmActions", "the alarm tells nobody")


def _switched_off(alarm: Node) -> Iterator[Violation]:
    if alarm.boolean("actionsEnabled") is False:
        yield alarm.fail("actionsEnabled", "its actions are switched off")
