"""An inline policy is seen only by whoever looks at its one identity: it has no version, and no list of who holds it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_ROLE: Final = aws("iam/role")


def _policies(resource: Node) -> Iterator[Node]:
    """The inline policies of a role; any other resource is one itself."""
    if resource.resource.rule_type == _ROLE:
        yield from resource.items("inlinePolicies")
    else:
        yield resource


@rule(
    id="AWS-IAM-005",
    title="Inline policies are absent",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(_ROLE, aws("iam/rolePolicy"), aws("iam/userPolicy"), aws("iam/groupPolicy")),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "who holds which rights can be told in one place"),
        Cite("164.308(a)(4)(ii)(C)", "a right is changed once for everybody who holds it"),
    ),
    fix="Make it an iam.Policy and attach that.",
    each=_policies,
)
def check(policy: Node) -> Iterator[Violation]:
    if policy.resource.rule_type != _ROLE or policy.present("policy"):  # an empty block takes other inline policies away
        yield policy.fail("policy", "an inline policy")
