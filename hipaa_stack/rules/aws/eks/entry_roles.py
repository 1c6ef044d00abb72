"""A user of IAM signs in with a password or keys that last for years, and the root user is nobody in particular; roles do neither."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.eks._access import ENTRY, PRINCIPAL, is_linked_to_role


@rule(
    id="AWS-EKS-020",
    title="Access entries name roles",
    severity=Severity.MEDIUM,
    types=(ENTRY,),
    cites=(
        Cite("164.312(a)(2)(i)", "a session of a role names the person who took it on"),
        Cite("164.312(d)", "who comes in has signed in lately"),
    ),
    tags=("cis-eks",),
    fix="Name the ARN of a role in principalArn.",
)
def check(entry: Node, stack: Stack) -> Iterator[Violation]:
    if not is_linked_to_role(entry.resource, stack) and ":role/" not in (entry.string(PRINCIPAL) or ""):
        yield entry.fail(PRINCIPAL, "is no role")
