"""Whoever deletes a credential by mistake locks its systems out of ePHI until somebody makes a new one everywhere."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-SM-003",
    title="Deletion can be undone",
    severity=Severity.MEDIUM,
    types=(aws("secretsmanager/secret"),),
    cites=(Cite("164.312(c)(1)", "a secret is not destroyed by one call"),),
    fix="Set recoveryWindowInDays to 7 to 30, or leave it out, which means 30.",
)
def check(secret: Node) -> Iterator[Violation]:
    if secret.number("recoveryWindowInDays") == 0:
        yield secret.fail("recoveryWindowInDays", "deleted at once and for good")
