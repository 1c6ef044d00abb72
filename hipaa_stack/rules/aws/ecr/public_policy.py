"""Whoever may pull an image reads the program and whatever was left in its layers."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import open_to_all, statements
from hipaa_stack.rules.aws._types import aws


def _statements(policy: Node) -> Iterator[Node]:
    return statements(policy, "policy")


@rule(
    id="AWS-ECR-004",
    title="Repository policies are not public",
    severity=Severity.CRITICAL,
    types=(aws("ecr/repositoryPolicy"),),
    cites=(Cite("164.312(a)(1)", "images are read and written by named accounts alone"),),
    fix="Name the principals, or limit them with a condition such as aws:PrincipalOrgID.",
    each=_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if open_to_all(statement):
        yield statement.fail("", "open to every account of AWS")
