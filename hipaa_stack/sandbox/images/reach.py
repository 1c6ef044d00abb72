"""Which hosts the nodes of the simulated clusters reach: told from the routes, endpoints and firewalls that exist now.

    cluster -> subnets of its nodes -> route table of each -> a route out, a firewall with a list of hosts, or none
                                    -> endpoints of the VPC: Amazon ECR

Whatever a session does not hold in full (a network that it only looked up, a route to a transit gateway, nodes that may
be anywhere) counts as a way to every host.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

from hipaa_stack.sandbox.images.firewall import allowed_hosts
from hipaa_stack.sandbox.images.reference import Reference
from hipaa_stack.sandbox.images.values import is_true, items, properties, texts
from hipaa_stack.sandbox.provider.accounts import Accounts, Record
from hipaa_stack.sandbox.provider.wire import Properties

CLUSTER = "aws:eks/cluster:Cluster"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_NODES = ("aws:eks/nodeGroup:NodeGroup", "aws:eks/fargateProfile:FargateProfile")
_OTHER_CLUSTERS = ("gcp:container/cluster:Cluster",)
_ECR_ENDPOINTS = frozenset({"ecr.api", "ecr.dkr", "s3"})
"""What a pull from Amazon ECR calls: log-in, manifests, and layers from Amazon S3 (ECR user guide, VPC endpoints)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What nodes reach."""

    hosts: frozenset[str] = frozenset()
    """`host`, or `.domain` with every host under it."""
    is_open: bool = False
    """Every host, or it cannot be told."""
    has_route: bool = False
    """There is a way out, if only to named hosts."""

    def covers(self, host: str) -> bool:
        """Whether a node may reach the host."""
        return self.is_open or any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.hosts)

    def __or__(self, other: Reach) -> Reach:
        """What nodes at either place reach."""
        return Reach(self.hosts | other.hosts, self.is_open or other.is_open, self.has_route or other.has_route)


OPEN = Reach(is_open=True, has_route=True)


class Networks:
    """The clusters and networks of a session."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def clusters(self) -> list[str]:
        """Names of the EKS clusters."""
        return [record.id for record in self._accounts.alive(CLUSTER)]

    def reach(self) -> Reach:
        """What the nodes of some cluster reach: all clusters of a session stand on one API server.

        Without a cluster it is everything.
        """
        clusters = self._accounts.alive(CLUSTER)
        if not clusters or any(self._accounts.alive(type_) for type_ in _OTHER_CLUSTERS):
            return OPEN
        return _either(self._of_cluster(cluster) for cluster in clusters)

    def mirrored(self, image: Reference) -> str | None:
        """The name of the image in Amazon ECR, by a pull-through cache rule that exists."""
        for rule in self._accounts.alive("aws:ecr/pullThroughCacheRule:PullThroughCacheRule"):
            if rule.inputs.get("upstreamRegistryUrl") in {image.registry, image.host}:
                scope, prefix = rule.scope, rule.inputs.get("ecrRepositoryPrefix")
                return f"{scope.account}.dkr.ecr.{scope.region}.{scope.dns_suffix}/{prefix}/{image.repository}{image.version}"
        return None

    def _of_cluster(self, cluster: Record) -> Reach:
        known = {record.id: record for record in self._accounts.alive(SUBNET) if record.scope == cluster.scope}
        given = texts(properties(cluster.inputs.get("vpcConfig")).get("subnetIds"))
        vpcs = {known[subnet].outputs.get("vpcId") if subnet in known else None for subnet in given}
        vpc = next((record for record in self._accounts.alive(VPC) if record.scope == cluster.scope and {record.id} == vpcs), None)
        if vpc is None:
            return OPEN
        everywhere = [subnet for subnet, record in known.items() if record.outputs.get("vpcId") == vpc.id]
        nodes = self._node_subnets(cluster) or everywhere
        return _either(self._of_subnet(known[subnet], vpc) if subnet in known else OPEN for subnet in nodes)

    def _node_subnets(self, cluster: Record) -> list[str]:
        """The subnets of node groups, Fargate profiles and Auto Mode; empty where none of them exists."""
        nodes = [record for type_ in _NODES for record in self._accounts.alive(type_) if record.scope == cluster.scope]
        subnets = [texts(record.inputs.get("subnetIds")) for record in nodes if record.inputs.get("clusterName") == cluster.id]
        auto = properties(cluster.inputs.get("computeConfig"))
        if is_true(auto.get("enabled")) and auto.get("nodePools"):
            subnets.append(texts(properties(cluster.inputs.get("vpcConfig")).get("subnetIds")))
        return sorted({subnet for group in subnets for subnet in group})

    def _of_subnet(self, subnet: Record, vpc: Record) -> Reach:
        table = self._table_of(subnet, vpc) if subnet.outputs.get("vpcId") == vpc.id else None
        routes = None if table is None else self._routes(table, vpc)
        if table is None or routes is None:
            return OPEN
        inside = Reach(frozenset({*self._private_names(vpc), *self._ecr(subnet, vpc, table)}))
        return reduce(Reach.__or__, (self._of_route(route) for route in routes), inside)

    def _of_route(self, route: Properties) -> Reach:
        if route.get("gatewayId") == "local":
            return Reach()
        endpoint = route.get("vpcEndpointId")
        hosts = allowed_hosts(self._accounts, endpoint) if isinstance(endpoint, str) and endpoint else None
        return OPEN if hosts is None else Reach(hosts, has_route=True)

    def _table_of(self, subnet: Record, vpc: Record) -> str | None:
        """The route table of a subnet: its own, or else the main one of its VPC."""
        own = self._accounts.referring(("aws:ec2/routeTableAssociation:RouteTableAssociation",), "subnetId", subnet.id)
        main = self._accounts.referring(("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",), "vpcId", vpc.id)
        table = next((record.inputs.get("routeTableId") for record in (own, main) if record), vpc.outputs.get("mainRouteTableId"))
        return table if isinstance(table, str) else None

    def _routes(self, table: str, vpc: Record) -> list[Properties] | None:
        """The routes of a table; None where the session does not hold the table."""
        given = [record for record in self._accounts.alive(ROUTE_TABLE) if record.id == table]
        given += [record for record in self._accounts.alive(_DEFAULT_TABLE) if record.inputs.get("defaultRouteTableId") == table]
        if not given and table not in {vpc.outputs.get("mainRouteTableId"), vpc.outputs.get("defaultRouteTableId")}:
            return None
        inline = [properties(route) for record in given for route in items(record.inputs.get("routes"))]
        single = [record.inputs for record in self._accounts.alive("aws:ec2/route:Route") if record.inputs.get("routeTableId") == table]
        learned = [record.inputs for record in self._accounts.alive("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation")]
        propagated = [route for route in learned if route.get("routeTableId") == table]
        propagated += [record.inputs for record in given if record.inputs.get("propagatingVgws")]
        return [*inline, *single, *propagated]

    def _ecr(self, subnet: Record, vpc: Record, table: str) -> Iterator[str]:
        """The registries of Amazon ECR in the region, of any account, where the endpoints for a pull exist."""
        region, dns = subnet.scope.region, subnet.scope.dns_suffix
        if set(self._endpoints(vpc, table)) >= _ECR_ENDPOINTS:
            yield from (f".dkr.ecr.{region}.{dns}", f".dkr.ecr-fips.{region}.{dns}", f".dkr-ecr.{region}.on.aws")

    def _endpoints(self, vpc: Record, table: str) -> Iterator[str]:
        """Services that answer inside the VPC by their public names, for subnets with this route table."""
        linked = self._accounts.alive("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation")
        gateways = {record.inputs.get("vpcEndpointId") for record in linked if record.inputs.get("routeTableId") == table}
        for record in self._accounts.alive(_ENDPOINT):
            if record.inputs.get("vpcId") != vpc.id:
                continue
            is_interface = record.inputs.get("vpcEndpointType") == "Interface"
            by_name = is_interface and is_true(record.inputs.get("privateDnsEnabled"))
            by_route = not is_interface and (record.id in gateways or table in texts(record.inputs.get("routeTableIds")))
            if by_name or by_route:
                yield str(record.inputs.get("serviceName")).partition(f".{record.scope.region}.")[2]

    def _private_names(self, vpc: Record) -> Iterator[str]:
        """Private hosted zones: what they name may be a registry inside the VPC."""
        associated = self._accounts.alive("aws:route53/zoneAssociation:ZoneAssociation")
        zones = {record.inputs.get("zoneId") for record in associated if record.inputs.get("vpcId") == vpc.id}
        for record in self._accounts.alive("aws:route53/zone:Zone"):
            within = [properties(place).get("vpcId") for place in items(record.inputs.get("vpcs"))]
            if vpc.id in within or record.id in zones:
                name = str(record.inputs.get("name")).rstrip(".")
                yield from (name, f".{name}")


def _either(reaches: Iterable[Reach]) -> Reach:
    return reduce(Reach.__or__, reaches, Reach())
