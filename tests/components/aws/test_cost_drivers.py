"""Cost drivers: quantities that agree with what is registered, each with an argument that exists."""

import re

import pytest

from hipaa_components.aws import AwsEndpointUser, AwsLogGroup, AwsLogSettings, AwsNetworkSettings, EksClusterSettings, EksPlatform
from hipaa_components.aws._cost_drivers import cost_drivers
from hipaa_components.aws.eks_platform import EksPlatformArgs

JUSTIFIED = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
ADMINS = {"admin_principal_arns": ["arn:aws:iam::123456789012:role/deployer"]}
GROUPS = [AwsLogGroup(name="/aws/eks/clinic/cluster", kind="EKS_CONTROL_PLANE"), AwsLogGroup(name="/clinic/flow", kind="VPC_FLOW")]


def drivers(cluster=None, network=None, logs=None, users=(AwsEndpointUser.NODES,)):
    """Quantity of every driver."""
    made = cost_drivers(
        EksClusterSettings(**ADMINS, **(cluster or {})),
        AwsNetworkSettings(**(network or {})),
        AwsLogSettings(**(logs or {})),
        GROUPS,
        users,
    )
    return {item["driver"]: item["quantity"] for item in made}


def egress(**change):
    return {"nat_egress": {**JUSTIFIED, **change}}


WATCHED = "every event of the audit log, every vCPU of the nodes, and what it reads of the account"
DEFAULTS = {
    "EKS control plane": "1",
    "nodes 'general'": "2 to 6 x m7i.large, 120 GiB gp3 each",
    "interface endpoints": "7 x 3 zones",
    "KMS keys": "3",
    "log group /aws/eks/clinic/cluster": "every event for 2192 days",
    "log group /clinic/flow": "every event for 400 days",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        (
            {"cluster": {"node_groups": [{"name": "one", "min_size": 1, "desired_size": 1, "max_size": 1, "root_gib": 30}]}},
            {"nodes 'general'": None, "nodes 'one'": "1 x m7i.large, 130 GiB gp3 each"},
        ),
        (
            {"cluster": {"node_groups": [{"name": "general"}, {"name": "spare", "instance_types": ["m7i.large", "m6i.large"]}]}},
            {"nodes 'spare'": "2 to 6 x m7i.large, m6i.large, 120 GiB gp3 each"},
        ),
        ({"network": {"az_count": 2, "extra_endpoints": ["kms"]}}, {"interface endpoints": "8 x 2 zones"}),
        ({"users": []}, {"interface endpoints": None}),
        ({"users": [AwsEndpointUser.NODES, AwsEndpointUser.GUARDDUTY]}, {"interface endpoints": "8 x 3 zones", "GuardDuty": WATCHED}),
        ({"network": egress(allow_cidrs=["203.0.113.0/24"])}, {"NAT gateways": "3"}),
        (
            {"network": egress(allow_domains=["ghcr.io"])},
            {"interface endpoints": "1 x 3 zones", "NAT gateways": "3", "Network Firewall endpoints": "3"},
        ),
        (
            {"network": egress(allow_domains=["ghcr.io"], per_zone=False)},
            {"interface endpoints": "1 x 3 zones", "NAT gateways": "1", "Network Firewall endpoints": "1"},
        ),
        ({"logs": {"hot_days": {"VPC_FLOW": 90}}}, {"log group /clinic/flow": "every event for 90 days"}),
    ],
)
def test_quantities_follow_the_settings(change, expected):
    assert drivers(**change) == {name: quantity for name, quantity in (DEFAULTS | expected).items() if quantity}


@pytest.mark.parametrize("stack", ["dev", "small-production", "regulated-production"])
def test_quantities_are_those_of_what_is_registered(register, settings_of, lookups, stack):
    lookups["aws:iam/getSessionContext:getSessionContext"]["issuerArn"] = "arn:aws:iam::123456789012:role/platform-admin"
    seen = []
    registered = register(lambda: EksPlatform("p", settings_of(stack)).cost_drivers.apply(seen.extend))
    quantities = {item["driver"]: item["quantity"] for item in seen}

    def count(type_):
        return len(registered.of_type(type_))

    endpoints = [
        item.inputs for item in registered.of_type("aws:ec2/vpcEndpoint:VpcEndpoint") if item.inputs["vpcEndpointType"] == "Interface"
    ]
    (nodes,) = registered.of_type("aws:eks/nodeGroup:NodeGroup")
    sizes = sorted({int(nodes.inputs["scalingConfig"][bound]) for bound in ("minSize", "maxSize")})
    mappings = [item.inputs["subnetMappings"] for item in registered.of_type("aws:networkfirewall/firewall:Firewall")]
    expected = {
        "EKS control plane": str(count("aws:eks/cluster:Cluster")),
        "nodes 'general'": f"{' to '.join(map(str, sizes))} x m7i.large, 120 GiB gp3 each",
        "interface endpoints": f"{len(endpoints)} x {len(endpoints[0]['subnetIds'])} zones",
        "KMS keys": str(count("aws:kms/key:Key")),
        **({"GuardDuty": WATCHED} if count("aws:guardduty/detector:Detector") else {}),
        **{
            f"log group {item.inputs['name']}": f"every event for {int(item.inputs['retentionInDays'])} days"
            for item in registered.of_type("aws:cloudwatch/logGroup:LogGroup")
        },
    }
    if nats := count("aws:ec2/natGateway:NatGateway"):
        expected |= {"NAT gateways": str(nats), "Network Firewall endpoints": str(len(mappings[0]))}
    assert quantities == expected


def test_every_knob_is_an_argument():
    network = AwsNetworkSettings(**egress(allow_domains=["ghcr.io"]))
    made = cost_drivers(EksClusterSettings(**ADMINS), network, AwsLogSettings(), GROUPS, [AwsEndpointUser.NODES])
    knobs = {item["driver"]: re.findall(r"\b[a-z]+(?:\.\w+)+", item["knob"]) for item in made}
    assert {driver for driver, paths in knobs.items() if not paths} == {"KMS keys"}  # their number is a promise
    for path in (path for paths in knobs.values() for path in paths):
        assert is_argument(path), path


def is_argument(path):
    """Whether `network.az_count`, or a key of a mapping such as `logs.hot_days.VPC_FLOW`, can be set on a platform."""
    part, field, *rest = path.split(".")
    settings = {"cluster": EksClusterSettings, "network": AwsNetworkSettings, "logs": AwsLogSettings}[part]
    assert EksPlatformArgs.model_fields[part].annotation is settings
    known = settings.model_fields.get(field)
    if known is None or not rest:
        return known is not None
    if field == "nat_egress":
        return rest[0] in type(AwsNetworkSettings(**egress(allow_domains=["ghcr.io"])).nat_egress).model_fields
    settings.model_validate({field: {rest[0]: 3653}})
    return True
