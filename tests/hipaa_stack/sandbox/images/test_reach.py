"""Which registries nodes reach, by what the simulated accounts hold."""

import pytest

from tests.hipaa_stack.sandbox.images.conftest import HERE, S3_GATEWAY, Scope, interface

DOCKER = "registry-1.docker.io"
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ADD_ONS = "602401143452.dkr.ecr.us-east-1.amazonaws.com"


def closed(estate):
    """Nothing leaves the network; images come from Amazon ECR."""
    return estate.with_nodes("inner").with_ecr()


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        (ECR, True),
        (ADD_ONS, True),
        ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", True),
        ("123456789012.dkr-ecr.us-east-1.on.aws", True),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", False),
        ("public.ecr.aws", False),
        (DOCKER, False),
    ],
)
def test_without_a_way_out_there_is_ecr_of_the_region(estate, host, reached):
    assert closed(estate).networks.reach().covers(host) is reached


@pytest.mark.parametrize(
    "missing",
    ["s3", "api", "dkr"],
)
def test_a_pull_from_ecr_takes_three_endpoints(estate, missing):
    assert not closed(estate).remove("endpoint", missing).networks.reach().covers(ECR)


@pytest.mark.parametrize(
    "change",
    [
        {"privateDnsEnabled": False},
        {"vpcId": "other"},
        {"serviceName": "com.amazonaws.us-east-1.ecr.api"},
        {"vpcEndpointType": "Gateway", "routeTableIds": ["other"]},
    ],
)
def test_an_endpoint_elsewhere_or_without_the_public_name_is_none(estate, change):
    closed(estate).remove("endpoint", "dkr").add("endpoint", "odd", interface("ecr.dkr") | change)
    assert not estate.networks.reach().covers(ECR)


def test_the_gateway_of_s3_may_be_tied_to_the_table_from_outside_or_be_an_interface(estate):
    closed(estate).remove("endpoint", "s3").add("endpoint", "gateway", S3_GATEWAY)
    assert not estate.networks.reach().covers(ECR)
    estate.add("endpoint table", "x", {"vpcEndpointId": "gateway", "routeTableId": "t"})
    assert estate.networks.reach().covers(ECR)
    estate.remove("endpoint table", "x").add("endpoint", "interface", interface("s3"))
    assert estate.networks.reach().covers(ECR)


WAYS_OUT = {
    "NAT gateway": ("route", {"routeTableId": "t", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat"}),
    "internet gateway": ("route", {"routeTableId": "t", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw"}),
    "IPv6": ("route", {"routeTableId": "t", "destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw"}),
    "transit gateway, which may lead anywhere": (
        "route",
        {"routeTableId": "t", "destinationCidrBlock": "10.0.0.0/8", "transitGatewayId": "tgw"},
    ),
    "endpoint of somebody else's firewall": ("route", {"routeTableId": "t", "destinationCidrBlock": "0.0.0.0/0", "vpcEndpointId": "vpce"}),
    "routes that a VPN tells": ("learned", {"routeTableId": "t", "vpnGatewayId": "vgw"}),
}


@pytest.mark.parametrize(("kind", "inputs"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_with_any_way_out_every_registry_is_reached(estate, kind, inputs):
    assert not closed(estate).networks.reach().covers(DOCKER)
    assert estate.add(kind, "r", inputs).networks.reach().covers(DOCKER)


@pytest.mark.parametrize("inputs", [{"routeTableId": "other", "natGatewayId": "nat"}, {"routeTableId": "t", "gatewayId": "local"}])
def test_the_route_of_another_table_and_the_local_one_are_none(estate, inputs):
    assert not closed(estate).add("route", "r", inputs).networks.reach().covers(DOCKER)


def test_routes_may_be_part_of_their_table(estate):
    closed(estate).remove("table", "t").add("table", "t", {"vpcId": "vpc", "routes": [{"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat"}]})
    assert estate.networks.reach().covers(DOCKER)


def test_a_table_may_learn_routes_of_a_vpn(estate):
    closed(estate).remove("table", "t").add("table", "t", {"vpcId": "vpc", "propagatingVgws": ["vgw"]})
    assert estate.networks.reach().covers(DOCKER)


def test_a_table_of_its_own_comes_before_the_main_one(estate):
    closed(estate).add("table", "m", {"vpcId": "vpc", "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw"}]})
    estate.add("main", "x", {"vpcId": "vpc", "routeTableId": "m"})
    assert not estate.networks.reach().covers(DOCKER)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("default table", {"defaultRouteTableId": "main", "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw"}]}),
        ("route", {"routeTableId": "main", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw"}),
        ("main", {"vpcId": "vpc", "routeTableId": "unknown"}),
    ],
)
def test_a_subnet_without_a_table_of_its_own_has_the_main_one(estate, kind, inputs):
    assert not estate.with_nodes("outer").networks.reach().covers(DOCKER)
    assert estate.add(kind, "m", inputs).networks.reach().covers(DOCKER)


OUT_OF_OUTER = {"routeTableId": "main", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat"}


def test_one_subnet_of_nodes_with_a_way_out_is_enough(estate):
    estate.add("route", "r", OUT_OF_OUTER).with_nodes("inner")
    assert not estate.networks.reach().covers(DOCKER)
    assert estate.with_nodes("outer").networks.reach().covers(DOCKER)


def test_as_long_as_nodes_are_not_known_they_may_be_anywhere_in_the_network(estate):
    assert not estate.networks.reach().covers(DOCKER)
    assert estate.add("route", "r", OUT_OF_OUTER).networks.reach().covers(DOCKER)
    assert not estate.with_nodes("inner").networks.reach().covers(DOCKER)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("fargate", {"clusterName": "clinic", "subnetIds": ["inner"]}),
        ("cluster", {"computeConfig": {"enabled": True, "nodePools": ["system"]}, "vpcConfig": {"subnetIds": ["inner"]}}),
    ],
)
def test_fargate_and_auto_mode_say_where_nodes_are(estate, kind, inputs):
    estate.add("route", "r", OUT_OF_OUTER)
    assert estate.networks.reach().covers(DOCKER)
    if kind == "cluster":
        estate.remove("cluster", "clinic")
    assert not estate.add(kind, "clinic", inputs).networks.reach().covers(DOCKER)


@pytest.mark.parametrize(
    "unknown",
    [
        lambda estate: estate.remove("cluster", "clinic"),
        lambda estate: estate.remove("vpc", "vpc"),
        lambda estate: estate.remove("subnet", "inner"),
        lambda estate: estate.remove("table", "t"),
        lambda estate: estate.with_nodes("looked-up"),
        lambda estate: estate.add("subnet", "far", outputs={"vpcId": "other"}).with_nodes("far"),
        lambda estate: estate.add("cluster", "open", {"vpcConfig": {"subnetIds": ["looked-up"]}}),
        lambda estate: estate.add("cluster", "clinic", {"vpcConfig": {"subnetIds": ["inner"]}}, scope=Scope(HERE.account, "eu-west-1")),
        lambda estate: estate.add("gke", "projects/p/clusters/c"),
    ],
    ids=[
        "no cluster",
        "VPC",
        "subnet",
        "route table",
        "subnet of nodes",
        "another VPC",
        "another cluster",
        "another region",
        "a cluster of another cloud",
    ],
)
def test_what_cannot_be_told_is_no_reason_to_refuse(estate, unknown):
    assert not closed(estate).networks.reach().is_open
    unknown(estate)
    assert estate.networks.reach().is_open


@pytest.mark.parametrize("ties", [{"vpcs": [{"vpcId": "vpc"}]}, {}], ids=["in the zone", "by an association"])
def test_what_a_private_zone_names_may_be_inside_the_network(estate, ties):
    closed(estate).add("zone", "z", {"name": "clinic.example.com"} | ties)
    if not ties:
        assert not estate.networks.reach().covers("harbor.clinic.example.com")
        estate.add("zone of", "y", {"zoneId": "z", "vpcId": "vpc"})
    assert estate.networks.reach().covers("harbor.clinic.example.com")
    assert not estate.networks.reach().covers("harbor.example.com")
