"""A key that is deleted takes all that it has encrypted with it; until the window ends, somebody may still notice and cancel."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.kms._types import KEYS

_LONGEST: Final = 30
"""Days; the longest window of KMS, and the one that it uses where none is named."""


@rule(
    id="AWS-KMS-002",
    title="Keys have a 30-day deletion window",
    severity=Severity.LOW,
    types=KEYS,
    cites=(Cite("164.312(c)(1)", "ePHI does not become unreadable before a mistake can be noticed"),),
    fix="Set deletionWindowInDays to 30, or remove it.",
)
def check(key: Node) -> Iterator[Violation]:
    days = key.number("deletionWindowInDays")
    if days is not None and days < _LONGEST:
        yield key.fail("deletionWindowInDays", f"a deletion can be undone for {days} days only")
