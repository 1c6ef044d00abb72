"""A role that everybody may assume is a door into the account for every other account of AWS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import open_to_all
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.iam._trust import trust


@rule(
    id="AWS-IAM-010",
    title="Role trust is not open",
    severity=Severity.CRITICAL,
    types=(aws("iam/role"),),
    cites=(
        Cite("164.312(d)", "only identities that were named beforehand become the role"),
        Cite("164.312(a)(1)", "accounts of others are kept out"),
    ),
    fix="Name the principals, or limit them with a condition such as aws:PrincipalOrgID.",
    each=trust,
)
def check(statement: Node) -> Iterator[Violation]:
    if open_to_all(statement):
        yield statement.fail("", "everybody may assume this role")
