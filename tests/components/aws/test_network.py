"""AwsNetwork: what it registers, and what it refuses."""

import ipaddress
import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsNetwork, AwsNetworkArgs
from hipaa_components.aws._subnets import first_zones, subnet_plan
from hipaa_components.aws.network import flow_log_policy, flow_log_trust

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/hipaa-stack/clinic/flow"
STANDARD = {"how_still_met": "Only the two hosts of the clearing house are reached.", "approver": "Security officer"}
ALL_USERS = ["NODES", "SSM", "SECRETS", "LOAD_BALANCERS", "AUTOSCALER", "METRICS", "GUARDDUTY", "RUNNER"]
DOMAINS = {**STANDARD, "allow_domains": [".example.com", "api.clearing.example.org"]}
CIDRS = {**STANDARD, "allow_cidrs": ["203.0.113.0/24", "198.51.100.7/32"]}

SUBNET = "aws:ec2/subnet:Subnet"
ROUTE = "aws:ec2/route:Route"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def network(name="net", **change):
    return AwsNetwork(name, {"cluster_name": "clinic", "flow_log_group_arn": GROUP, "components": ["NODES"], **change})


def services(registered):
    return {item.inputs["serviceName"].removeprefix("com.amazonaws.us-east-1."): item.inputs for item in registered.of_type(ENDPOINT)}


def subnets_of(registered):
    return sorted(registered.of_type(SUBNET), key=lambda item: item.name)


def routes(registered):
    """Name -> route table, destination and target of every route."""
    targets = ("gatewayId", "natGatewayId", "vpcEndpointId")
    return {
        item.name: (
            item.inputs["routeTableId"],
            item.inputs["destinationCidrBlock"],
            *(item.inputs[key] for key in targets if key in item.inputs),
        )
        for item in registered.of_type(ROUTE)
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"components": ALL_USERS, "tags": {"team": "platform"}}, id="closed"),
        pytest.param({"az_count": 2, "nat_egress": {**DOMAINS, **CIDRS}}, id="both lists"),
        pytest.param({"az_count": 2, "nat_egress": {**DOMAINS, "per_zone": False}}, id="domains, one exit"),
    ],
)
def test_registers_exactly(register, snapshot, change):
    assert register(lambda: network(**change)).whole() == snapshot


# Closed -----------------------------------------------------------------------------------------------------------


def test_there_is_no_way_in_or_out(register):
    registered = register(lambda: network(components=ALL_USERS))
    assert registered.of_type(ROUTE) == []
    for way in ("internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip", "networkAcl:NetworkAcl"):
        assert registered.of_type(f"aws:ec2/{way}") == []
    assert registered.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs.get("ingress") == []
    assert registered.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs.get("egress") == []
    assert registered.one("aws:ec2/defaultRouteTable:DefaultRouteTable").inputs["routes"] == []
    assert len(registered.of_type(SUBNET)) == 3
    for subnet in registered.of_type(SUBNET):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
        assert subnet.inputs["assignIpv6AddressOnCreation"] is False


def test_private_subnets_are_for_the_cluster_and_internal_load_balancers(register):
    subnets = subnets_of(register(lambda: network(tags={"team": "platform"})))
    assert [(item.inputs["cidrBlock"], item.inputs["availabilityZone"]) for item in subnets] == [
        ("10.64.0.0/19", "us-east-1a"),
        ("10.64.32.0/19", "us-east-1b"),
        ("10.64.64.0/19", "us-east-1c"),
    ]
    assert subnets[0].inputs["tags"] == {
        "team": "platform",
        "Name": "net-private-1",
        "kubernetes.io/role/internal-elb": "1",
        "kubernetes.io/cluster/clinic": "shared",
    }


def test_endpoints_take_https_from_inside_and_start_nothing(register):
    registered = register(network)
    assert registered.one("aws:ec2/securityGroup:SecurityGroup").inputs["egress"] == []
    rule = registered.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"], rule["cidrIpv4"]) == ("tcp", 443, 443, "10.64.0.0/16")
    made = services(registered)
    assert made.pop("s3")["vpcEndpointType"] == "Gateway"
    for endpoint in made.values():
        assert endpoint["vpcEndpointType"] == "Interface"
        assert endpoint["privateDnsEnabled"] is True
        assert endpoint["subnetIds"] == ["net-private-1-id", "net-private-2-id", "net-private-3-id"]
        assert endpoint["securityGroupIds"] == ["net-endpoints-id"]


def test_every_flow_is_recorded_within_a_minute_in_the_one_group(register):
    registered = register(network)
    log = registered.one("aws:ec2/flowLog:FlowLog")
    assert log.inputs["vpcId"] == "net-vpc-id"
    assert log.inputs["trafficType"] == "ALL"
    assert log.inputs["maxAggregationInterval"] == 60
    assert log.inputs["logDestination"] == GROUP
    assert log.inputs["logDestinationType"] == "cloud-watch-logs"
    assert "net-flow-log-policy" in log.options["dependsOn"]
    assert json.loads(registered.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"]) == json.loads(flow_log_policy(GROUP))


def test_the_role_of_flow_logs_serves_this_account_only():
    trust = json.loads(flow_log_trust("1", "r", "aws-us-gov"))["Statement"]
    assert [statement["Principal"] for statement in trust] == [{"Service": "vpc-flow-logs.amazonaws.com"}]
    assert trust[0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "1"},
        "ArnLike": {"aws:SourceArn": "arn:aws-us-gov:ec2:r:1:vpc-flow-log/*"},
    }


def test_the_role_of_flow_logs_writes_to_its_group_and_makes_none():
    writes, lists = json.loads(flow_log_policy(GROUP))["Statement"]
    assert writes["Resource"] == [GROUP, f"{GROUP}:*"]
    assert lists["Action"] == ["logs:DescribeLogGroups"]
    assert "logs:CreateLogGroup" not in writes["Action"]


def test_a_boundary_bounds_the_role(register):
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    assert register(lambda: network(permissions_boundary_arn=boundary)).one("aws:iam/role:Role").inputs["permissionsBoundary"] == boundary


def test_a_consumer_of_the_subnets_comes_after_endpoints_routes_and_the_flow_log(register):
    import pulumi_aws as aws

    def program():
        aws.sns.Topic("consumer", display_name=network(components=["GUARDDUTY"], nat_egress=DOMAINS).private_subnet_ids.apply(" ".join))

    consumer = register(program).one("aws:sns/topic:Topic")
    assert consumer.inputs["displayName"] == "net-private-1-id net-private-2-id net-private-3-id"
    needed = {"net-flow-log", "net-s3", "net-guardduty-data", "net-endpoints", "net-private-3", "net-private-3-out", "net-private-3-back"}
    assert needed <= set(consumer.options["dependsOn"])


def test_outputs(register):
    def program():
        found, made = {}, network(az_count=2)
        for output in ("vpc_id", "vpc_cidr", "private_subnet_ids", "route_table_ids", "endpoint_security_group_id", "weakenings"):
            getattr(made, output).apply(lambda value, output=output: found.update({output: value}))
        return found

    assert register(program).result == {
        "vpc_id": "net-vpc-id",
        "vpc_cidr": "10.64.0.0/16",
        "private_subnet_ids": ["net-private-1-id", "net-private-2-id"],
        "route_table_ids": ["net-private-1-id", "net-private-2-id"],
        "endpoint_security_group_id": "net-endpoints-id",
        "weakenings": [],
    }


def test_long_names_fit(register):
    registered = register(lambda: network("n" * 60, nat_egress={**DOMAINS, **CIDRS}))
    assert len(registered.one("aws:iam/role:Role").inputs["namePrefix"]) <= 38


# Zones ------------------------------------------------------------------------------------------------------------


def test_zones_are_looked_up_without_local_zones_and_without_those_that_eks_refuses(register, lookups, monkeypatch):
    import pulumi_aws as aws

    asked = {}
    look_up = aws.get_availability_zones_output
    monkeypatch.setattr(aws, "get_availability_zones_output", lambda **given: asked.update(given) or look_up(**given))
    register(network)
    assert asked["state"] == "available"
    assert [(item.name, item.values) for item in asked["filters"]] == [("opt-in-status", ["opt-in-not-required"])]
    assert asked["exclude_zone_ids"] == ["cac1-az3", "use1-az3", "usw1-az2"]


def test_named_zones_are_taken_as_they_are(register):
    registered = register(lambda: network(az_count=2, zone_names=["us-east-1f", "us-east-1b"]))
    assert [item.inputs["availabilityZone"] for item in subnets_of(registered)] == ["us-east-1f", "us-east-1b"]


def test_too_few_zones_are_told_before_anything_is_made(register, lookups):
    lookups["aws:index/getAvailabilityZones:getAvailabilityZones"]["names"] = ["us-west-1c", "us-west-1a"]
    with pytest.raises(ArgsError, match=r"AwsNetwork 'net': az_count: got 3; accepted: at most 2, the zones .*\(us-west-1a, us-west-1c\)"):
        register(network)


def test_the_first_zones_do_not_depend_on_the_order_of_the_answer():
    assert first_zones("x", ["b", "c", "a"], 2) == ["a", "b"]


# Addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cidr", [f"10.64.0.0/{prefix}" for prefix in range(16, 23)])
def test_no_two_ranges_overlap_and_all_lie_in_the_network(cidr):
    ranges = [ipaddress.ip_network(item) for kind in subnet_plan(cidr) for item in kind]
    assert len(ranges) == 18
    assert all(item.subnet_of(ipaddress.ip_network(cidr)) for item in ranges)
    assert not [(a, b) for a in ranges for b in ranges if a is not b and a.overlaps(b)]


@pytest.mark.parametrize(
    ("cidr", "private", "public", "firewall"),
    [
        ("10.64.0.0/16", "10.64.160.0/19", "10.64.192.80/28", "10.64.224.80/28"),
        ("192.168.4.0/22", "192.168.6.128/25", "192.168.7.80/28", "192.168.7.208/28"),
    ],
)
def test_the_sixth_zone_still_has_its_subnets(cidr, private, public, firewall):
    plan = subnet_plan(cidr)
    assert (plan.private[5], plan.public[5], plan.firewall[5]) == (private, public, firewall)


# Egress -----------------------------------------------------------------------------------------------------------


def test_named_hosts_are_reached_through_the_firewall_both_ways(register):
    """The reference architecture: private -> firewall -> NAT -> internet, and the answer back through the firewall."""
    registered = register(lambda: network(az_count=2, nat_egress=DOMAINS))
    assert routes(registered) == {
        f"net-{name}": route
        for zone, cidr in ((1, "10.64.0.0/19"), (2, "10.64.32.0/19"))
        for name, route in {
            f"private-{zone}-out": (f"net-private-{zone}-id", "0.0.0.0/0", f"vpce-in-net-firewall-{zone}-id"),
            f"firewall-{zone}-out": (f"net-firewall-{zone}-id", "0.0.0.0/0", f"net-nat-{zone}-id"),
            f"public-{zone}-out": (f"net-public-{zone}-id", "0.0.0.0/0", "net-internet-id"),
            f"private-{zone}-back": (f"net-public-{zone}-id", cidr, f"vpce-in-net-firewall-{zone}-id"),
        }.items()
    }


def test_one_exit_serves_all_zones_through_the_same_endpoint_both_ways(register):
    assert routes(register(lambda: network(az_count=2, nat_egress={**DOMAINS, "per_zone": False}))) == {
        "net-private-1-out": ("net-private-1-id", "0.0.0.0/0", "vpce-in-net-firewall-1-id"),
        "net-private-2-out": ("net-private-2-id", "0.0.0.0/0", "vpce-in-net-firewall-1-id"),
        "net-firewall-1-out": ("net-firewall-1-id", "0.0.0.0/0", "net-nat-1-id"),
        "net-public-1-out": ("net-public-1-id", "0.0.0.0/0", "net-internet-id"),
        "net-private-1-back": ("net-public-1-id", "10.64.0.0/19", "vpce-in-net-firewall-1-id"),
        "net-private-2-back": ("net-public-1-id", "10.64.32.0/19", "vpce-in-net-firewall-1-id"),
    }


@pytest.mark.parametrize(("per_zone", "nats"), [(True, ["net-nat-1-id", "net-nat-2-id"]), (False, ["net-nat-1-id", "net-nat-1-id"])])
def test_named_networks_are_reached_through_nat_behind_an_acl(register, per_zone, nats):
    registered = register(lambda: network(az_count=2, nat_egress={**CIDRS, "per_zone": per_zone}))
    assert registered.of_type("aws:networkfirewall/firewall:Firewall") == []
    for zone, nat in enumerate(nats, start=1):
        route = registered.one(ROUTE, f"net-private-{zone}-out")
        assert route.inputs["natGatewayId"] == nat
        assert "net-public" in route.options["dependsOn"]
    acl = registered.one("aws:ec2/networkAcl:NetworkAcl").inputs
    assert acl["subnetIds"] == [f"net-public-{number}-id" for number in range(1, 3 if per_zone else 2)]
    for direction in ("egress", "ingress"):
        assert [(rule["cidrBlock"], rule["action"], rule["protocol"]) for rule in acl[direction]] == [
            ("10.64.0.0/16", "allow", "-1"),
            ("203.0.113.0/24", "allow", "-1"),
            ("198.51.100.7/32", "allow", "-1"),
        ]
        assert len({rule["ruleNo"] for rule in acl[direction]}) == 3


def test_public_subnets_give_no_public_address_and_no_load_balancer_is_put_there(register):
    for subnet in register(lambda: network(nat_egress=DOMAINS)).of_type(SUBNET):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
        assert ("kubernetes.io/role/internal-elb" in subnet.inputs["tags"]) == ("private" in subnet.name)
        assert "kubernetes.io/role/elb" not in subnet.inputs["tags"]


@pytest.mark.parametrize(
    ("egress", "expected"),
    [
        (None, {"s3", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts", "ssm", "ssmmessages", "ec2messages", "sqs"}),
        (DOMAINS, {"s3", "ec2", "ssm", "ssmmessages", "ec2messages", "sqs"}),
        (CIDRS, {"s3", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts", "ssm", "ssmmessages", "ec2messages", "sqs"}),
    ],
)
def test_aws_services_are_reached_by_endpoint_or_by_host(register, egress, expected):
    registered = register(lambda: network(components=["NODES", "SSM"], extra_endpoints=["sqs"], nat_egress=egress))
    assert set(services(registered)) == expected


def test_a_way_out_is_recorded(register):
    def program():
        found = []
        network(nat_egress=DOMAINS).weakenings.apply(found.extend)
        return found

    registered = register(program)
    assert registered.result == [
        {"component": "AwsNetwork 'net'", "field": "nat_egress", "citations": ["164.312(e)(1)", "164.312(a)(1)"], "texts": STANDARD}
    ]
    assert registered.one("aws:ec2/vpc:Vpc").inputs["tags"]["hipaa-stack:exceptions"] == "nat_egress"


# Bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cidr": "100.64.0.0/16"}, "cidr: got '100.64.0.0/16'; accepted: an RFC 1918 network from /16 to /22"),
        ({"cidr": "10.64.0.0/15"}, "cidr: got '10.64.0.0/15'"),
        ({"cidr": "10.64.0.0/23"}, "cidr: got '10.64.0.0/23'"),
        ({"cidr": "10.64.0.1/16"}, "The canonical form is 10.64.0.0/16"),
        ({"az_count": 1}, "az_count: got 1; accepted: 2 to 6. EKS needs two zones"),
        ({"az_count": 7}, "az_count: got 7; accepted: 2 to 6"),
        ({"zone_names": ["us-east-1a", "us-east-1b"]}, "zone_names: .*accepted: 3 names, as many as az_count"),
        ({"zone_names": ["us-east-1a"] * 3}, "zone_names: got 'us-east-1a'; accepted: each value once"),
        ({"az_count": 2, "zone_names": ["us-east-1a", "us-east-1-bos-1a"]}, r"zone_names\[1\]: got 'us-east-1-bos-1a'; accepted: the name of a zone"),
        ({"cluster_name": "-x"}, "cluster_name: got '-x'; accepted: 1 to 100"),
        ({"flow_log_group_arn": f"{GROUP}:*"}, "flow_log_group_arn: .*without a trailing"),
        ({"components": ["PODS"]}, r"components\[0\]: got 'PODS'; accepted: one of NODES, SSM"),
        ({"components": ["SSM", "SSM"]}, "components: got 'SSM'; accepted: each value once"),
        ({"extra_endpoints": ["s4"]}, r"extra_endpoints\[0\]: got 's4'; accepted: one of acm-pca"),
        ({"extra_endpoints": ["sqs", "sqs"]}, "extra_endpoints: got 'sqs'; accepted: each value once"),
        ({"permissions_boundary_arn": "boundary"}, "permissions_boundary_arn: got 'boundary'; accepted: arn:<partition>:iam"),
        ({"nat_egress": STANDARD}, "nat_egress: .*accepted: at least one host.*Name what may be reached"),
        ({"nat_egress": {"allow_domains": [".example.com"]}}, "nat_egress.how_still_met: missing"),
        ({"nat_egress": {**DOMAINS, "how_still_met": "todo"}}, "nat_egress.how_still_met: got 'todo'"),
        ({"nat_egress": {**STANDARD, "allow_domains": ["*.example.com"]}}, r"allow_domains\[0\]: got '\*.example.com'.*A leading dot"),
        ({"nat_egress": {**STANDARD, "allow_domains": [".com"]}}, r"nat_egress.allow_domains\[0\]: got '.com'"),
        ({"nat_egress": {**STANDARD, "allow_domains": ["https://example.com"]}}, r"nat_egress.allow_domains\[0\]: got 'https"),
        ({"nat_egress": {**STANDARD, "allow_domains": ["a.com", "a.com"]}}, "nat_egress.allow_domains: got 'a.com'; accepted: each value once"),
        ({"nat_egress": {**STANDARD, "allow_domains": [f"h{n}.com" for n in range(501)]}}, "allow_domains: got 501; accepted: at most 500"),
        ({"nat_egress": {**STANDARD, "allow_cidrs": ["0.0.0.0/0"]}}, r"allow_cidrs\[0\]: got '0.0.0.0/0'.*Name what may be reached"),
        ({"nat_egress": {**STANDARD, "allow_cidrs": ["0.0.0.0/1", "128.0.0.0/1"]}}, r"allow_cidrs\[0\]: got '0.0.0.0/1'"),
        ({"nat_egress": {**STANDARD, "allow_cidrs": ["203.0.113.1/24"]}}, r"nat_egress.allow_cidrs\[0\]: got '203.0.113.1/24'"),
        ({"nat_egress": {**STANDARD, "allow_cidrs": ["203.0.113.0/24"] * 2}}, "nat_egress.allow_cidrs: got '203.0.113.0/24'; accepted: each"),
        ({"nat_egress": {**STANDARD, "allow_cidrs": [f"203.0.113.{n}/32" for n in range(20)]}}, "allow_cidrs: got 20; accepted: at most 19"),
        ({"subnets": 3}, "subnets: unknown argument"),
    ],
)  # fmt: skip
def test_refuses(register, change, message):
    args = {"cluster_name": "clinic", "flow_log_group_arn": GROUP, "components": ["NODES"], **change}
    with pytest.raises(ArgsError, match=message):
        AwsNetworkArgs(**args)
    registered = None
    with pytest.raises(ArgsError, match=f"AwsNetwork 'net': .*{message}"):
        registered = register(lambda: network(**change))
    assert registered is None
