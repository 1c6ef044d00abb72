"""Without a role of its own an add-on uses that of the node, whose rights every pod on the node can then reach."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._addons import EBS, EFS, VPC_CNI, is_one_of
from hipaa_stack.settings import Profile

_ROLE: Final = "serviceAccountRoleArn"


@rule(
    id="AWS-EKS-015",
    title="Privileged add-ons use their own role",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/addon"),),
    cites=(Cite("164.308(a)(4)(ii)(B)", "rights over networks and volumes belong to the add-on alone"),),
    fix="Give the add-on a role by podIdentityAssociations, or by serviceAccountRoleArn.",
)
def check(addon: Node, stack: Stack) -> Iterator[Violation]:
    if all_of(lambda: is_one_of(addon, VPC_CNI, EBS, EFS), lambda: not _has_role(addon, stack)):
        yield addon.fail("podIdentityAssociations", "the add-on uses the role of the node")


def _has_role(addon: Node, stack: Stack) -> bool:
    return any_of(
        lambda: addon.is_set("podIdentityAssociations"),
        lambda: comes_from(addon, _ROLE, stack, aws("iam/role")),
        lambda: addon.is_set(_ROLE),
    )
