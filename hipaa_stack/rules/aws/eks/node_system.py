"""A general-purpose system carries tools and services that no container needs, and each is one more way from a pod to its node."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Place, Reason, Undecided, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_TYPE: Final = "amiType"
_SPECIFIC: Final = ("BOTTLEROCKET_", "AL2023_")
"""AL2023 for EKS is built on its minimal image."""


@rule(
    id="AWS-EKS-025",
    title="Nodes run a container-specific system",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/nodeGroup"),),
    cites=(
        Cite("164.308(a)(1)(ii)(B)", "less software on a node has fewer flaws"),
        Cite("164.312(c)(1)", "the system of a node is not changed in place"),
    ),
    tags=("cis-eks",),
    fix="Set amiType to one of BOTTLEROCKET_* or AL2023_*.",
)
def check(group: Node) -> Iterator[Violation]:
    system = group.string(_TYPE) or ""
    if system.startswith("WINDOWS_"):
        raise NotApplicable("Windows")
    if system.startswith("AL2_"):
        yield group.fail(_TYPE, f"{system} is Amazon Linux 2, a general-purpose system out of support")
    elif not system.startswith(_SPECIFIC):
        raise Undecided([Place(group.path(_TYPE), "EKS or the launch template chooses the image", Reason.EXTERNAL, group.resource)])
