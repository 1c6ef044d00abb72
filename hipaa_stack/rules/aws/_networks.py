"""VPCs: which subnets give out public addresses, and which routes lead to the internet (Amazon VPC user guide, route tables)."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, all_of, chain, read_each, some
from hipaa_stack.rules._cidrs import is_everything
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules.aws._types import aws

VPC: Final = aws("ec2/vpc")
SUBNET: Final = aws("ec2/subnet")
ROUTE: Final = aws("ec2/route")
ROUTE_TABLE: Final = aws("ec2/routeTable")
ASSOCIATION: Final = aws("ec2/routeTableAssociation")
_MAIN_ASSOCIATION: Final = aws("ec2/mainRouteTableAssociation")
_MAIN_TABLE: Final = aws("ec2/defaultRouteTable")
_GATEWAY: Final = aws("ec2/internetGateway")
_VPN: Final = aws("ec2/vpnGateway")

_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock")
"""Where a route leads: of a route of its own, then of one inside a table."""


def public_addresses(subnet: Node) -> Iterator[str]:
    """The properties by which a subnet gives public addresses to what starts in it; it gives none by default."""
    for path, assigns in read_each(subnet.boolean, "mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"):
        if assigns:
            yield path


def reaches_internet(subnet: Resource, stack: Stack) -> bool:
    """True when the route table of a subnet has a default route to an internet gateway.

    Raises:
        Undecided: also when its route table is outside the stack.
    """
    return some(_routes(subnet, stack), lambda route: is_way_to_internet(route, stack))


def is_way_to_internet(route: Node, stack: Stack) -> bool:
    """True for a route of every address to an internet gateway."""
    return all_of(
        lambda: some(read_each(route.string, *_DESTINATIONS), lambda destination: is_everything(destination[1])),
        lambda: _to_gateway(route, stack),
    )


def _to_gateway(route: Node, stack: Stack) -> bool:
    """`gatewayId` may also name the gateway of a VPN."""
    internet, vpn = (comes_from(route, "gatewayId", stack, type_) for type_ in (_GATEWAY, _VPN))
    if internet != vpn:
        return internet
    return (route.string("gatewayId") or "").startswith("igw-")


def _routes(subnet: Resource, stack: Stack) -> Iterator[Node]:
    """A subnet without a route table of its own uses the main one of its VPC."""
    association = next(stack.linked(subnet, ASSOCIATION, via="subnetId"), None)
    if association is not None:
        yield from chain(_of_table(table, stack) for table in stack.targets(association, ROUTE_TABLE, via="routeTableId"))
    else:
        yield from chain(_of_main_table(vpc, stack) for vpc in stack.targets(subnet, VPC, via="vpcId"))


def _of_table(table: Resource, stack: Stack) -> Iterator[Node]:
    """Its own ones as they are given: what the provider reports are those of other resources too."""
    routes = stack.linked(table, ROUTE, via="routeTableId")
    yield from chain([table.root.items("routes"), (route.root for route in routes)])


def _of_main_table(vpc: Resource, stack: Stack) -> Iterator[Node]:
    """AWS makes it without a way out; what changes it refers to the VPC, or takes its place."""
    replaced = stack.linked(vpc, _MAIN_ASSOCIATION, via="vpcId")
    changed = stack.keyed(vpc.urn, _MAIN_TABLE, by=_origins)
    added = stack.keyed(vpc.urn, ROUTE, by=_origins)
    parts = [
        chain(stack.targets(association, ROUTE_TABLE, via="routeTableId") for association in replaced),
        changed,
    ]
    yield from chain([*(chain(_of_table(table, stack) for table in part) for part in parts), (route.root for route in added)])


def _origins(_: Stack, resource: Resource) -> Iterator[Hashable]:
    """The resources that the id of a route table comes from."""
    for via in ("defaultRouteTableId", "routeTableId"):
        yield from resource.property_dependencies.get(via, ())


def subnets_of(table: Resource, stack: Stack) -> Iterator[Resource]:
    """The subnets that a route table is for.

    Raises:
        Undecided: after the known ones, when another may be, or is outside the stack.
    """
    yield from chain(stack.targets(each, SUBNET, via="subnetId") for each in stack.linked(table, ASSOCIATION, via="routeTableId"))
