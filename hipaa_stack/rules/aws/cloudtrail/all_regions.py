"""Whoever has stolen credentials uses a region that nobody looks at; a trail of one region, or a stopped one, does not see it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import TRAIL


@rule(
    id="AWS-TRAIL-001",
    title="Trails cover all regions and are on",
    severity=Severity.HIGH,
    types=(TRAIL,),
    cites=(Cite("164.312(b)", "calls to the AWS API are recorded wherever they are made"),),
    fix="Set isMultiRegionTrail to true and leave enableLogging on.",
)
def check(trail: Node) -> Iterator[Violation]:
    yield from chain((_of_one_region(trail), _stopped(trail)))


def _of_one_region(trail: Node) -> Iterator[Violation]:
    if not trail.boolean("isMultiRegionTrail"):
        yield trail.fail("isMultiRegionTrail", "calls in other regions are not recorded")


def _stopped(trail: Node) -> Iterator[Violation]:
    if trail.boolean("enableLogging") is False:
        yield trail.fail("enableLogging", "the trail is switched off")
