"""A statement that allows all but what it names allows what nobody has thought of, today and in every later service."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import allows, identity_statements
from hipaa_stack.rules.aws._types import POLICIES


@rule(
    id="AWS-IAM-004",
    title="Allow statements are positive",
    severity=Severity.MEDIUM,
    types=POLICIES,
    cites=(Cite("164.308(a)(4)(ii)(B)", "a right is granted by name, never by what it leaves out"),),
    fix="Allow with Action and Resource; keep NotAction and NotResource for Deny.",
    each=identity_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    return chain(_negated(statement, element) for element in ("NotAction", "NotResource"))


def _negated(statement: Node, element: str) -> Iterator[Violation]:
    if all_of(lambda: allows(statement), lambda: statement.present(element)):
        yield statement.fail(element, f"allows all but what {element} names")
