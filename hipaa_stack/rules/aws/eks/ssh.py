"""A key pair without named sources opens port 22 of every node to the internet: a guessed or leaked key is a way to all pods."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws

_SOURCES: Final = "remoteAccess.sourceSecurityGroupIds"


@rule(
    id="AWS-EKS-017",
    title="SSH to nodes is not open",
    severity=Severity.CRITICAL,
    types=(aws("eks/nodeGroup"),),
    cites=(Cite("164.312(a)(1)", "nobody on the internet reaches the login of a node"),),
    tags=("cis-eks",),
    fix="Leave remoteAccess out and use Session Manager, or name remoteAccess.sourceSecurityGroupIds.",
)
def check(group: Node) -> Iterator[Violation]:
    if all_of(lambda: group.is_set("remoteAccess.ec2SshKey"), lambda: not group.is_set(_SOURCES)):
        yield group.fail(_SOURCES, "EKS opens the login of nodes to 0.0.0.0/0")
