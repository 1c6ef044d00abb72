"""A default route to an internet gateway makes every subnet of its table public, those of nodes and databases included."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, any_of, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._networks import ROUTE, ROUTE_TABLE, is_way_to_internet, subnets_of
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_PUBLIC: Final = "kubernetes.io/role/elb"
"""Tag of subnets for load balancers that face the internet (EKS user guide, VPC and subnet requirements)."""


@rule(
    id="AWS-VPC-004",
    title="Only public tables route to the internet",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(ROUTE, ROUTE_TABLE),
    cites=(Cite("164.312(e)(1)", "only subnets that are meant to be public are"),),
    fix=f"Route to a NAT gateway or nowhere, or tag the subnets of the table with {_PUBLIC}.",
)
def check(judged: Node, stack: Stack) -> Iterator[Violation]:
    resource = judged.resource
    routes = iter([resource.root]) if resource.rule_type == ROUTE else resource.root.items("routes")
    yield from chain(_astray(route, resource, stack) for route in routes)


def _astray(route: Node, holder: Resource, stack: Stack) -> Iterator[Violation]:
    if all_of(
        lambda: is_way_to_internet(route, stack),
        lambda: some(_subnets(holder, stack), lambda subnet: not _is_public(subnet, stack)),
    ):
        yield route.fail("gatewayId", "a subnet that is not marked as public gets a way to and from the internet")


def _subnets(holder: Resource, stack: Stack) -> Iterator[Resource]:
    if holder.rule_type == ROUTE_TABLE:
        return subnets_of(holder, stack)
    return chain(subnets_of(table, stack) for table in stack.targets(holder, ROUTE_TABLE, via="routeTableId"))


def _is_public(subnet: Resource, stack: Stack) -> bool:
    """By its tag, or because a NAT gateway stands in it, which needs the internet."""
    nats = stack.linked(subnet, aws("ec2/natGateway"), via="subnetId")
    return any_of(
        lambda: _PUBLIC in subnet.planned.keys("tags"),
        lambda: some(nats, lambda nat: nat.root.string("connectivityType") != "private"),
    )
