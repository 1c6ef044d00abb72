"""How a network is divided: pure arithmetic on addresses, then subnets that each have a route table of their own."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._args import ArgsError
from hipaa_components._component import Component

MOST_ZONES: Final = 6
"""Zones that a network can have: as many as the largest region (us-east-1)."""

SMALL_PREFIX: Final = 28
"""Prefix of public and firewall subnets: the smallest subnet of AWS, 11 addresses to use. A NAT gateway and a
firewall endpoint take one each."""

ZONES_WITHOUT_EKS: Final = ("cac1-az3", "use1-az3", "usw1-az2")
"""Ids of the zones in which EKS takes no subnets (EKS user guide, VPC and subnet requirements)."""


class SubnetPlan(NamedTuple):
    """Address ranges by zone, six of each kind; a network uses as many as it has zones."""

    private: tuple[str, ...]
    """For nodes, pods, load balancers and endpoints."""
    public: tuple[str, ...]
    """For NAT gateways, nothing else."""
    firewall: tuple[str, ...]
    """For endpoints of the firewall, nothing else."""


def subnet_plan(cidr: str) -> SubnetPlan:
    """Divides a network of /16 to /22 into ranges that do not overlap and that never move.

    The network is cut into eight equal parts. Six are private subnets, one for each zone that can come: in a /16
    each has 8,187 addresses to use (AWS keeps five), in a /22 it is 123. Pods have addresses of their own from these
    subnets. The other two hold the public and the firewall subnets, /28 each, at their beginning; what is left of
    them is free for the subnets of others, such as a VPN. Adding a zone moves no subnet of the zones before it.
    """
    *parts, public, firewall = ipaddress.IPv4Network(cidr).subnets(prefixlen_diff=3)
    return SubnetPlan(tuple(map(str, parts)), _small(public), _small(firewall))


def _small(network: ipaddress.IPv4Network) -> tuple[str, ...]:
    subnets = network.subnets(new_prefix=SMALL_PREFIX)
    return tuple(str(next(subnets)) for _ in range(MOST_ZONES))


def zones_of(component: Component, where: str, zone_names: Sequence[str], count: int) -> pulumi.Output[list[str]]:
    """The named zones, or else the first ones of the region that EKS can use, without local zones.

    Raises:
        ArgsError: in the preview, when the region has fewer than `count`.
    """
    if zone_names:
        return pulumi.Output.from_input(list(zone_names))
    available: pulumi.Output[list[str]] = aws.get_availability_zones_output(
        state="available",
        filters=[aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])],
        exclude_zone_ids=list(ZONES_WITHOUT_EKS),
        opts=pulumi.InvokeOptions(parent=component),
    ).names
    return available.apply(lambda names: first_zones(where, names, count))


def first_zones(where: str, names: Sequence[str], count: int) -> list[str]:
    """The first `count` names in the order of the alphabet. Raises ArgsError when there are fewer."""
    if len(names) < count:
        sentence = f"got {count}; accepted: at most {len(names)}, the zones of this region that EKS can use ({', '.join(sorted(names))})."
        raise ArgsError(where, [("az_count", sentence)])
    return sorted(names)[:count]


class RoutedSubnet(NamedTuple):
    """A subnet and its route table, which belongs to it alone."""

    cidr: str
    subnet: "aws.ec2.Subnet"
    table: "aws.ec2.RouteTable"
    association: "aws.ec2.RouteTableAssociation"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the parts of one network come into being."""

    component: Component
    name: str
    """Beginning of the names of all parts."""
    vpc: "aws.ec2.Vpc"
    zones: pulumi.Output[list[str]]
    tags: Mapping[str, str]
    ephemeral: bool

    def tagged(self, part: str, **extra: str) -> dict[str, str]:
        """Tags of a part: those of the component, its name for the AWS console, and `extra`."""
        return {**self.tags, "Name": f"{self.name}-{part}", **extra}

    def subnet(self, kind: str, zone: int, cidr: str, **tags: str) -> RoutedSubnet:
        """Registers the subnet of a kind in a zone, counted from 0; a route table without any route goes with it."""
        part = f"{kind}-{zone + 1}"
        subnet = aws.ec2.Subnet(
            f"{self.name}-{part}",
            vpc_id=self.vpc.id,
            cidr_block=cidr,
            availability_zone=self.zones[zone],
            map_public_ip_on_launch=False,
            assign_ipv6_address_on_creation=False,
            tags=self.tagged(part, **tags),
            opts=self.component.child(),
        )
        table = aws.ec2.RouteTable(f"{self.name}-{part}", vpc_id=self.vpc.id, tags=self.tagged(part), opts=self.component.child())
        association = aws.ec2.RouteTableAssociation(
            f"{self.name}-{part}", subnet_id=subnet.id, route_table_id=table.id, opts=self.component.child()
        )
        return RoutedSubnet(cidr, subnet, table, association)
