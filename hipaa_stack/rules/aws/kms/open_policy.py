"""Whoever the policy of a key lets in decrypts whatever the key protects, from any account of AWS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import open_to_all, statements
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.kms._types import KEYS


def policy_statements(key: Node) -> Iterator[Node]:
    """The statements of its policy; KMS writes one for the own account where there is none."""
    yield from statements(key, "policy")


@rule(
    id="AWS-KMS-003",
    title="Key policies have no open principal",
    severity=Severity.CRITICAL,
    types=(*KEYS, aws("kms/keyPolicy")),
    cites=(
        Cite("164.312(a)(1)", "only named principals can use a key that protects ePHI"),
        Cite("164.312(a)(2)(iv)", "encryption keeps out nobody who may use the key"),
    ),
    fix="Name the principals that use the key, or limit the statement by a condition such as kms:CallerAccount.",
    each=policy_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if open_to_all(statement):
        yield statement.fail("Principal", "everybody may use the key")
