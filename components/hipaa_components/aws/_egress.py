"""The way out of a network: NAT gateways that reach only what is named, by host or by address.

    private subnet -> [firewall endpoint ->] NAT gateway in a public subnet -> internet gateway

With `allow_domains` a Network Firewall stands before NAT, where it still sees private addresses. Both directions pass
it: the public subnet's route back to each private subnet leads through the same endpoint (AWS Network Firewall
developer guide, architecture with an internet gateway and a NAT gateway). With `allow_cidrs` a network ACL of the
public subnets lets nothing else out; the private subnets have none, as the gateway of Amazon S3 is reached from there.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from hipaa_components._problems import Problem, check, each, matches, narrow_network, unique
from hipaa_components._weakening import StandardWeakening
from hipaa_components.aws._firewall import make_firewall
from hipaa_components.aws._subnets import RoutedSubnet, Site, SubnetPlan

ANYWHERE: Final = "0.0.0.0/0"

WIDEST_CIDR: Final = 8
"""Prefix of the widest network that may be named: IANA gives the address space to owners in blocks of /8."""

MOST_CIDRS: Final = 19
"""A network ACL has 20 rules each way (Amazon VPC quotas); one lets the VPC itself through."""

MOST_DOMAINS: Final = 500
"""Half of the capacity of the rule group: the hosts of AWS services go there too."""

_HOST = r"\.?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"


class AwsNatEgress(StandardWeakening):
    """Weakening: the network has a way out, to what is named here and nothing else."""

    per_zone: bool = True
    """A NAT gateway, and a firewall endpoint, in every zone; false makes one, in the first zone."""
    allow_domains: Sequence[str] = []
    """Hosts that may be reached by TLS on port 443: `api.example.com`, or `.example.com` with every host under it. The
    hosts of the AWS services that the network needs are added."""
    allow_cidrs: Sequence[str] = []
    """IPv4 networks that may be reached. Together with `allow_domains` both must allow a connection."""

    _domains = check(
        "allow_domains",
        unique(),
        lambda value: None if len(value) <= MOST_DOMAINS else Problem(f"at most {MOST_DOMAINS}", got=len(value)),
        each(
            matches(_HOST, "a host in small letters such as api.example.com, or .example.com", "A leading dot covers every host under it.")
        ),
    )
    _cidrs = check(
        "allow_cidrs",
        unique(),
        lambda value: None if len(value) <= MOST_CIDRS else Problem(f"at most {MOST_CIDRS}", "A network ACL has 20 rules.", got=len(value)),
        each(narrow_network(WIDEST_CIDR, "Name what may be reached.")),
    )

    def problems(self) -> Iterator[Problem]:
        """Something is named."""
        if not self.allow_domains and not self.allow_cidrs:
            yield Problem("at least one host in allow_domains or one network in allow_cidrs", "Name what may be reached.")

    @property
    def reaches_aws(self) -> bool:
        """Whether AWS services are reached through NAT: by their hosts, as no network ACL holds all their addresses."""
        return not self.allow_cidrs


def make_egress(
    site: Site,
    plan: SubnetPlan,
    private: Sequence[RoutedSubnet],
    egress: AwsNatEgress,
    hosts: pulumi.Output[list[str]],
    log_group: pulumi.Output[str],
) -> list[pulumi.Resource]:
    """Registers the way out and returns what makes it usable from the private subnets.

    Args:
        site: the network.
        plan: its address ranges.
        private: the private subnets, by zone.
        egress: what may be reached.
        hosts: every host that the firewall lets through: those of `egress`, and those of AWS services.
        log_group: name of the log group that takes what the firewall refuses.
    """
    exits = range(len(private) if egress.per_zone else 1)
    exit_of = [zone if egress.per_zone else 0 for zone in range(len(private))]
    public = [site.subnet("public", zone, plan.public[zone]) for zone in exits]
    acl = [_network_acl(site, public, egress.allow_cidrs)] if egress.allow_cidrs else []
    nats = _nat_gateways(site, public)
    if not egress.allow_domains:
        return [
            _route(site, f"private-{zone + 1}-out", subnet, acl, nat_gateway_id=nats[exit_of[zone]].id)
            for zone, subnet in enumerate(private)
        ]
    inner = [site.subnet("firewall", zone, plan.firewall[zone]) for zone in exits]
    onward = [_route(site, f"firewall-{zone + 1}-out", inner[zone], acl, nat_gateway_id=nats[zone].id) for zone in exits]
    firewall = make_firewall(site, inner, hosts, log_group)
    ready = [*onward, *firewall.resources]
    routes = []
    for zone, subnet in enumerate(private):
        endpoint = firewall.endpoint_ids[exit_of[zone]]
        back = _route(site, f"private-{zone + 1}-back", public[exit_of[zone]], ready, to=subnet.cidr, vpc_endpoint_id=endpoint)
        routes += [back, _route(site, f"private-{zone + 1}-out", subnet, [*ready, back], vpc_endpoint_id=endpoint)]
    return routes


def _nat_gateways(site: Site, public: Sequence[RoutedSubnet]) -> "list[aws.ec2.NatGateway]":
    """One in each public subnet, with an address of its own, once that subnet reaches the internet."""
    child = site.component.child
    internet = aws.ec2.InternetGateway(f"{site.name}-internet", vpc_id=site.vpc.id, tags=site.tagged("internet"), opts=child())
    gateways = []
    for number, subnet in enumerate(public, start=1):
        part = f"nat-{number}"
        out = _route(site, f"public-{number}-out", subnet, gateway_id=internet.id)
        address = aws.ec2.Eip(f"{site.name}-{part}", domain="vpc", tags=site.tagged(part), opts=child(depends_on=[internet]))
        gateways.append(
            aws.ec2.NatGateway(
                f"{site.name}-{part}",
                subnet_id=subnet.subnet.id,
                allocation_id=address.allocation_id,
                connectivity_type="public",
                tags=site.tagged(part),
                opts=child(depends_on=[out, subnet.association]),
            )
        )
    return gateways


def _route(
    site: Site,
    part: str,
    subnet: RoutedSubnet,
    after: Sequence[pulumi.Resource] = (),
    *,
    to: str = ANYWHERE,
    **target: pulumi.Input[str],
) -> "aws.ec2.Route":
    """A route of a subnet; `target` is one of `gateway_id`, `nat_gateway_id` and `vpc_endpoint_id`."""
    return aws.ec2.Route(
        f"{site.name}-{part}",
        route_table_id=subnet.table.id,
        destination_cidr_block=to,
        opts=site.component.child(depends_on=list(after)),
        **target,
    )


def _network_acl(site: Site, public: Sequence[RoutedSubnet], cidrs: Sequence[str]) -> "aws.ec2.NetworkAcl":
    """Lets the public subnets talk to the VPC and to the named networks, and to nothing else.

    An ACL keeps no state: answers have to come back in. Nothing in these subnets takes a connection from outside.
    """
    allowed = [site.vpc.cidr_block, *cidrs]
    return aws.ec2.NetworkAcl(
        f"{site.name}-public",
        vpc_id=site.vpc.id,
        subnet_ids=[subnet.subnet.id for subnet in public],
        egress=[aws.ec2.NetworkAclEgressArgs(**_acl_rule(number, cidr)) for number, cidr in enumerate(allowed)],
        ingress=[aws.ec2.NetworkAclIngressArgs(**_acl_rule(number, cidr)) for number, cidr in enumerate(allowed)],
        tags=site.tagged("public"),
        opts=site.component.child(),
    )


def _acl_rule(number: int, cidr: pulumi.Input[str]) -> dict[str, Any]:
    return {"rule_no": 100 + 10 * number, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_block": cidr}
