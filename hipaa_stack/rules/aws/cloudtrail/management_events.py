"""A trail that leaves out reads, writes or one service has a gap just where somebody may look for ePHI or for its keys.

A trail records what one of its selectors matches, and all management events where it has no selector.
"""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import TRAIL


@rule(
    id="AWS-TRAIL-005",
    title="Management events are complete",
    severity=Severity.MEDIUM,
    types=(TRAIL,),
    cites=(Cite("164.312(b)", "every change and every look-up in the account is on record"),),
    fix="Let one selector match all management events: readWriteType All, and no source excluded.",
)
def check(trail: Node) -> Iterator[Violation]:
    basic, advanced = trail.is_set("eventSelectors"), trail.is_set("advancedEventSelectors")
    complete = any_of(
        lambda: not basic and not advanced,
        lambda: some(trail.items("eventSelectors"), _matches_all),
        lambda: some(trail.items("advancedEventSelectors"), _matches_all_by_fields),
    )
    if not complete:
        yield trail.fail("eventSelectors" if basic else "advancedEventSelectors", "no selector matches all management events")


def _matches_all(selector: Node) -> bool:
    return all_of(
        lambda: selector.boolean("includeManagementEvents") is not False,
        lambda: selector.string("readWriteType") in (None, "", "All"),
        lambda: not selector.is_set("excludeManagementEventSources"),
    )


def _matches_all_by_fields(selector: Node) -> bool:
    """True for a selector that asks for management events and for nothing else of them."""
    return all_of(
        lambda: some(selector.items("fieldSelectors"), _is_management),
        lambda: not some(selector.items("fieldSelectors"), lambda field: field.string("field") != "eventCategory"),
    )


def _is_management(field: Node) -> bool:
    return all_of(lambda: field.string("field") == "eventCategory", lambda: "Management" in field.strings("equals"))
