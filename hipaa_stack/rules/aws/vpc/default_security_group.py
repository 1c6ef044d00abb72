"""What names no security group gets the default one, in which AWS lets every member reach every other and the whole internet."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._networks import VPC
from hipaa_stack.rules.aws._types import aws

_GROUP = aws("ec2/defaultSecurityGroup")


@rule(
    id="AWS-VPC-002",
    title="Default security groups are closed",
    severity=Severity.MEDIUM,
    types=(VPC, _GROUP),
    cites=(Cite("164.312(e)(1)", "nothing has an open network by accident"),),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Declare a DefaultSecurityGroup of the VPC with empty ingress and egress.",
)
def check(judged: Node, stack: Stack) -> Iterator[Violation]:
    if judged.resource.rule_type == _GROUP:
        yield from chain(_open(judged.resource.root, direction) for direction in ("ingress", "egress"))
    elif not any(stack.linked(judged.resource, _GROUP, via="vpcId")):
        yield judged.fail("id", "its default security group stays as AWS makes it: open inside and to the internet")


def _open(group: Node, direction: str) -> Iterator[Violation]:
    """Absent is closed: the provider takes every rule away that it is not given."""
    if group.is_set(direction):
        yield group.fail(direction, "what names no security group has these rules")
