"""A user of IAM outlives the employment of its owner: only a directory knows when somebody leaves."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_USER: Final = aws("iam/user")


@rule(
    id="AWS-IAM-007",
    title="People sign in by federation",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(_USER, aws("iam/userLoginProfile")),
    cites=(
        Cite("164.312(a)(2)(i)", "a session bears the name that the directory knows"),
        Cite("164.312(d)", "the identity provider proves who signs in, with its second factor"),
    ),
    fix="Remove it; let people sign in through IAM Identity Center or another identity provider.",
)
def check(user: Node) -> Iterator[Violation]:
    if user.resource.rule_type == _USER:
        yield user.fail("name", "a user with credentials of its own")
    else:
        yield user.fail("user", "a password for the console")
