"""A node with a public address, or with a route from the internet, can be reached by everybody as soon as a port opens."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Resource, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._networks import SUBNET, public_addresses, reaches_internet
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-EKS-018",
    title="Nodes run in private subnets",
    severity=Severity.HIGH,
    types=(aws("eks/nodeGroup"),),
    cites=(
        Cite("164.312(a)(1)", "nodes cannot be reached from the internet"),
        Cite("164.312(e)(1)", "traffic of nodes stays in the network"),
    ),
    tags=("cis-eks",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Name subnets that assign no public address and have no default route to an internet gateway.",
)
def check(group: Node, stack: Stack) -> Iterator[Violation]:
    yield from chain(_public(group, subnet, stack) for subnet in stack.targets(group.resource, SUBNET, via="subnetIds"))


def _public(group: Node, subnet: Resource, stack: Stack) -> Iterator[Violation]:
    yield from chain([_with_addresses(group, subnet), _with_a_way_out(group, subnet, stack)])


def _with_addresses(group: Node, subnet: Resource) -> Iterator[Violation]:
    if any(True for _ in public_addresses(subnet.planned)):
        yield group.fail("subnetIds", f"the subnet {subnet.name} gives nodes public addresses")


def _with_a_way_out(group: Node, subnet: Resource, stack: Stack) -> Iterator[Violation]:
    if reaches_internet(subnet, stack):
        yield group.fail("subnetIds", f"the subnet {subnet.name} has a default route to an internet gateway")
