"""A VPC that is closed: private subnets, private endpoints of AWS services, and a record of every flow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, between, check, each, matches, private_network, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import (
    Account,
    AwsRoleArgs,
    cluster_name_rule,
    log_group_arn_rule,
    policy_document,
    tags_of,
)
from hipaa_components.aws._egress import AwsNatEgress, make_egress
from hipaa_components.aws._endpoints import AwsEndpointService, AwsEndpointUser, endpoints_for, hosts_of, make_endpoints
from hipaa_components.aws._roles import service_role
from hipaa_components.aws._subnets import MOST_ZONES, Site, subnet_plan, zones_of


class AwsNetworkSettings(Args):
    """What a network is like: its addresses, its zones, and what is reached outside of it."""

    cidr: str = "10.64.0.0/16"
    """Private addresses of the network: /16 to /22. It cannot change, and has to differ from networks that will be
    connected."""
    az_count: int = 3
    """Zones that the network spans, 2 to 6. More can be added later: no subnet moves."""
    zone_names: Sequence[str] = []
    """Names of the zones, `az_count` of them; without it the first ones of the region that EKS can use. Named zones
    stay the same when AWS adds others."""
    extra_endpoints: Sequence[AwsEndpointService] = []
    """Further AWS services that get an endpoint."""
    nat_egress: AwsNatEgress | None = None
    """Weakening: a way out, to named hosts or networks."""

    _cidr = check("cidr", private_network(16, 22))
    _count = check("az_count", between(2, MOST_ZONES, "EKS needs two zones."))
    _zones = check(
        "zone_names", unique(), each(matches(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", "the name of a zone such as us-east-1a, no local zone"))
    )
    _extra = check("extra_endpoints", unique())

    def problems(self) -> Iterator[Problem]:
        """As many zones are named as there are to be."""
        if self.zone_names and len(self.zone_names) != self.az_count:
            yield Problem(f"{self.az_count} names, as many as az_count", "Set both.", "zone_names", list(self.zone_names))

    def endpoints(self, users: Sequence[AwsEndpointUser]) -> tuple[AwsEndpointService, ...]:
        """The services that get an interface endpoint for these users, sorted."""
        return endpoints_for(users, self.extra_endpoints, nat=self.nat_egress is not None and self.nat_egress.reaches_aws)


class AwsNetworkArgs(AwsNetworkSettings, AwsRoleArgs):
    """Arguments of AwsNetwork."""

    cluster_name: str
    """Name of the EKS cluster that the private subnets are tagged for."""
    flow_log_group_arn: pulumi.Input[str]
    """ARN of the log group for flow logs, and for what the firewall refuses."""
    components: Sequence[AwsEndpointUser]
    """What runs in the network; the endpoints of AWS services follow from it."""

    _cluster = check("cluster_name", cluster_name_rule())
    _group = check("flow_log_group_arn", log_group_arn_rule())
    _users = check("components", unique())


class AwsNetwork(Component):
    """A VPC with private subnets only, from which AWS services are reached without leaving it.

    Serves 164.312(e)(1), 164.312(a)(1) and 164.312(b). Every zone has one private subnet with a route table of its
    own; the default security group admits nothing and the default route table leads nowhere. Flow logs record every
    connection, accepted or not, within a minute. There is no way out unless `nat_egress` names what may be reached,
    and no way in at all.

    Before a destroy, where GuardDuty manages its agent by itself, its endpoint and its security group
    (`GuardDutyManagedSecurityGroup-<vpc>`) have to be deleted by hand.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    vpc_cidr: pulumi.Output[str]
    """Address range of the VPC."""
    private_subnet_ids: pulumi.Output[list[str]]
    """Ids of the private subnets, by zone, known once endpoints and routes are in place: what runs there works."""
    route_table_ids: pulumi.Output[list[str]]
    """Ids of the route tables of the private subnets, by zone."""
    endpoint_security_group_id: pulumi.Output[str]
    """Id of the security group of the interface endpoints."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsNetworkArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the network. Raises ArgsError; that the region has enough zones is seen in the preview."""
        args = AwsNetworkArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        site = self._vpc(name, args)
        plan = subnet_plan(args.cidr)
        cluster = {"kubernetes.io/role/internal-elb": "1", f"kubernetes.io/cluster/{args.cluster_name}": "shared"}
        private = [site.subnet("private", zone, plan.private[zone], **cluster) for zone in range(args.az_count)]
        services = args.endpoints(args.components)
        endpoints = make_endpoints(site, private, services, account.region)
        ready = [self._flow_log(site, args, account), *endpoints.resources, *(subnet.association for subnet in private)]
        if args.nat_egress is not None:
            through_nat = set(endpoints_for(args.components)) - set(services)
            domains = args.nat_egress.allow_domains
            hosts = account.region.apply(lambda region: sorted({*domains, *hosts_of(through_nat, region)}))
            ready += make_egress(site, plan, private, args.nat_egress, hosts, _group_name(args.flow_log_group_arn))
        self.vpc_id, self.vpc_cidr = site.vpc.id, site.vpc.cidr_block
        self.private_subnet_ids = _once(ready, [subnet.subnet.id for subnet in private])
        self.route_table_ids = pulumi.Output.all(*(subnet.table.id for subnet in private))
        self.endpoint_security_group_id = endpoints.security_group.id
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _vpc(self, name: str, args: AwsNetworkArgs) -> Site:
        """The VPC; its default security group and default route table are emptied, as AWS fills them."""
        tags = tags_of(args)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={**tags, "Name": name},
            opts=self.child(),
        )
        closed = {**tags, "Name": f"{name}-default-closed"}
        aws.ec2.DefaultSecurityGroup(f"{name}-default", vpc_id=vpc.id, ingress=[], egress=[], tags=closed, opts=self.child())
        aws.ec2.DefaultRouteTable(
            f"{name}-default", default_route_table_id=vpc.default_route_table_id, routes=[], tags=closed, opts=self.child()
        )
        zones = zones_of(self, self.where(name), args.zone_names, args.az_count)
        return Site(self, name, vpc, zones, tags, ephemeral=args.ephemeral is not None)

    def _flow_log(self, site: Site, args: AwsNetworkArgs, account: Account) -> "aws.ec2.FlowLog":
        role = service_role(
            self,
            f"{site.name}-flow-log",
            account.partition,
            trust=pulumi.Output.all(*account).apply(lambda where: flow_log_trust(*where)),
            policy=pulumi.Output.from_input(args.flow_log_group_arn).apply(flow_log_policy),
            boundary=args.permissions_boundary_arn,
            tags=site.tags,
        )
        return aws.ec2.FlowLog(
            f"{site.name}-flow-log",
            vpc_id=site.vpc.id,
            traffic_type="ALL",
            max_aggregation_interval=60,  # seconds; the other choice is ten minutes
            log_destination_type="cloud-watch-logs",
            log_destination=args.flow_log_group_arn,
            iam_role_arn=role.role.arn,
            tags=site.tagged("flow-log"),
            opts=self.child(depends_on=role.grants),
        )


def flow_log_trust(account: str, region: str, partition: str) -> str:
    """The trust policy of the role that delivers flow logs: the service, for flow logs of this account only."""
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": f"arn:{partition}:ec2:{region}:{account}:vpc-flow-log/*"},
                },
            }
        ]
    )


def flow_log_policy(group_arn: str) -> str:
    """What the delivery of flow logs needs: it writes to one group, which exists, and so makes none."""
    streams = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    return policy_document(
        [
            {"Effect": "Allow", "Action": streams, "Resource": [group_arn, f"{group_arn}:*"]},
            {"Effect": "Allow", "Action": ["logs:DescribeLogGroups"], "Resource": "*"},  # AWS authorises the list as a whole
        ]
    )


def _group_name(group_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.from_input(group_arn).apply(lambda arn: arn.rpartition(":log-group:")[2])


def _once(ready: Sequence[pulumi.Resource], ids: Sequence[pulumi.Output[str]]) -> pulumi.Output[list[str]]:
    """The ids for a consumer that comes after the resources; a URN carries the dependency and is always known."""
    return pulumi.Output.all(*ids, *(resource.urn for resource in ready)).apply(lambda known: known[: len(ids)])
