"""An access key works for whoever finds it, from anywhere, until somebody deletes it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-IAM-006",
    title="No long-lived access keys",
    severity=Severity.HIGH,
    types=(aws("iam/accessKey"),),
    cites=(
        Cite("164.312(d)", "an identity is proved by credentials that expire"),
        Cite("164.312(a)(2)(i)", "a key that is passed on says nothing of who used it"),
    ),
    fix="Remove the key; let people and programs assume a role.",
)
def check(key: Node) -> Iterator[Violation]:
    yield key.fail("user", "a credential that never expires")
