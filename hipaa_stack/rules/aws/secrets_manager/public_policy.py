"""A secret that everybody may read is none, and neither are the systems that it opens."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import open_to_all, statements
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-SM-004",
    title="Secret policies are not public",
    severity=Severity.HIGH,
    types=(aws("secretsmanager/secret"), aws("secretsmanager/secretPolicy")),
    cites=(Cite("164.312(a)(1)", "credentials are read by named identities alone"),),
    fix="Name the principals in the policy, and leave blockPublicPolicy on.",
)
def check(secret: Node) -> Iterator[Violation]:
    yield from chain((_unblocked(secret), chain(_open(statement) for statement in statements(secret, "policy"))))


def _unblocked(policy: Node) -> Iterator[Violation]:
    if policy.boolean("blockPublicPolicy") is False:
        yield policy.fail("blockPublicPolicy", "a public policy would be accepted")


def _open(statement: Node) -> Iterator[Violation]:
    if open_to_all(statement):
        yield statement.fail("", "open to every account of AWS")
