"""Cost drivers: quantities that agree with what is registered, each with an argument that exists."""

import re
import typing

import pytest

from hipaa_components._args import Args
from hipaa_components.aws import AwsLogKind, EksCloudArgs, EksPlatform
from hipaa_components.aws._audit_patterns import audit_patterns
from hipaa_components.aws._cost_drivers import cost_drivers

JUSTIFIED = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
MIXED = {
    **JUSTIFIED,
    "assessment": "Another product of the organisation watches the cluster.",
    "alternative_measure": "Its agent runs on every node and tells the same people.",
}
ADMINS = {"admin_principal_arns": ["arn:aws:iam::123456789012:role/deployer"]}
ENDPOINTS = [{"protocol": "EMAIL", "endpoint": "on-call@example.org"}]
SSM = {"ssm": {"operator_role_arns": ADMINS["admin_principal_arns"], "mfa_statement": "The directory asks for a hardware key."}}


def layer(cluster=None, **settings):
    return EksCloudArgs(
        cluster_name="clinic", data_classification="SYNTHETIC", alert_endpoints=ENDPOINTS, cluster={**ADMINS, **(cluster or {})}, **settings
    )


def drivers(cluster=None, **settings):
    """Quantity of every driver."""
    return {item["driver"]: item["quantity"] for item in cost_drivers(layer(cluster, **settings))}


def egress(**change):
    return {"nat_egress": {**JUSTIFIED, **change}}


WATCHED = "every event of the audit log, every vCPU of the nodes, and what it reads of the account"
DEFAULTS = {
    "EKS control plane": "1",
    "nodes 'general'": "2 to 6 x m7i.large, 120 GiB gp3 each",
    "interface endpoints": "8 x 3 zones",
    "GuardDuty": WATCHED,
    "KMS keys": "3",
    "log group /aws/eks/clinic/cluster": "every event for 2192 days",
    "log group /hipaa-stack/clinic/vpc-flow": "every event for 400 days",
    "log group /hipaa-stack/clinic/trail": "every event for 2192 days",
    "delivery to the archive": "every event, once more",
    "landing bucket": "every event for 90 days",
    "archive bucket": "every event for at least 2192 days",
    "metrics and alarms": f"{len(audit_patterns())} of the audit log, 4 of deliveries",
}
KEY = "arn:aws:kms:us-east-1:210987654321:key/11111111-2222-3333-4444-555555555555"
OTHERS = {"bucket_arn": "arn:aws:s3:::clinic-archive", "key_arn": KEY, "account_id": "210987654321"}


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
        ({"network": {"az_count": 2, "extra_endpoints": ["kms"]}}, {"interface endpoints": "9 x 2 zones"}),
        ({"cluster": {"without_guardduty": MIXED}}, {"interface endpoints": "7 x 3 zones", "GuardDuty": None}),
        ({"network": egress(allow_cidrs=["203.0.113.0/24"])}, {"NAT gateways": "3"}),
        (
            {"network": egress(allow_domains=["ghcr.io"])},
            {"interface endpoints": "2 x 3 zones", "NAT gateways": "3", "Network Firewall endpoints": "3"},
        ),
        (
            {"network": egress(allow_domains=["ghcr.io"], per_zone=False)},
            {"interface endpoints": "2 x 3 zones", "NAT gateways": "1", "Network Firewall endpoints": "1"},
        ),
        ({"logs": {"hot_days": {"VPC_FLOW": 90}}}, {"log group /hipaa-stack/clinic/vpc-flow": "every event for 90 days"}),
        ({"trail": "EXISTING"}, {"log group /hipaa-stack/clinic/trail": None}),
        (
            {"archive": {"lock_mode": "COMPLIANCE", "locked_bucket": "clinic-archive"}},
            {f"log group {name}": "every event for 400 days" for name in ("/aws/eks/clinic/cluster", "/hipaa-stack/clinic/trail")},
        ),
        ({"archive": {"existing_archive": OTHERS}}, {"archive bucket": None}),
        ({"ephemeral": JUSTIFIED}, {"archive bucket": "every event for at least 1 days"}),
        (
            {"access": [SSM]},
            {
                "interface endpoints": "11 x 3 zones",
                "instance of the forwarder": "1 x t4g.small",
                "log group /hipaa-stack/clinic/access": "every event for 400 days",
            },
        ),
        (
            {"image_mirror": {"prefix": "clinic", "upstreams": [{"registry": "quay.io"}]}},
            {"image mirror": "every image: storage and continuous scans"},
        ),
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
    audit_alarms = [item for item in registered.of_type("aws:cloudwatch/metricAlarm:MetricAlarm") if item.name.startswith("p-alerts-")]
    metrics = count("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    associations = count("aws:ec2clientvpn/networkAssociation:NetworkAssociation")
    expected = {
        "EKS control plane": str(count("aws:eks/cluster:Cluster")),
        "nodes 'general'": f"{' to '.join(map(str, sizes))} x m7i.large, 120 GiB gp3 each",
        "interface endpoints": f"{len(endpoints)} x {len(endpoints[0]['subnetIds'])} zones",
        "KMS keys": str(count("aws:kms/key:Key")),
        **({"GuardDuty": WATCHED} if count("aws:guardduty/detector:Detector") else {}),
        **{
            f"log group {item.inputs['name']}": f"every event for {int(item.inputs['retentionInDays'])} days"
            for item in registered.of_type("aws:cloudwatch/logGroup:LogGroup")
            if not item.inputs["name"].endswith("audit-delivery")  # errors only
        },
        "delivery to the archive": "every event, once more",
        "landing bucket": "every event for 90 days",
        "metrics and alarms": f"{metrics} of the audit log, {len(audit_alarms) - metrics} of deliveries",
        **({"Client VPN": f"{associations} associations, every hour of each connection"} if associations else {}),
        **({"builds of the runner": "every minute of a build"} if count("aws:codebuild/project:Project") else {}),
        **(
            {"image mirror": "every image: storage and continuous scans"}
            if count("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
            else {}
        ),
    }
    for lock in registered.of_type("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"):
        expected["archive bucket"] = f"every event for at least {int(lock.inputs['rule']['defaultRetention']['days'])} days"
    for instance in registered.of_type("aws:ec2/instance:Instance"):
        expected["instance of the forwarder"] = f"1 x {instance.inputs['instanceType']}"
    if nats := count("aws:ec2/natGateway:NatGateway"):
        expected |= {"NAT gateways": str(nats), "Network Firewall endpoints": str(len(mappings[0]))}
    assert quantities == expected


def test_every_knob_is_an_argument():
    mirror = {"prefix": "clinic", "upstreams": [{"registry": "quay.io"}]}
    made = cost_drivers(layer(network=egress(allow_domains=["ghcr.io"]), access=[SSM], image_mirror=mirror))
    knobs = {item["driver"]: re.findall(r"\b[a-z_]+(?:\.\w+)+", item["knob"]) for item in made}
    # Their number is a promise.
    assert {driver for driver, paths in knobs.items() if not paths} == {"KMS keys", "delivery to the archive", "metrics and alarms"}
    for path in (path for paths in knobs.values() for path in paths):
        assert is_argument(EksCloudArgs, path.split(".")), path


def is_argument(model, path):
    """Whether a path such as `network.az_count`, `access.ssm.instance_type` or `logs.hot_days.VPC_FLOW` can be set."""
    field, *rest = path
    if field not in model.model_fields:
        return False
    annotation = model.model_fields[field].annotation
    inside = [part for part in (annotation, *typing.get_args(annotation)) if isinstance(part, type) and issubclass(part, Args)]
    if inside:
        return not rest or is_argument(inside[0], rest)
    return not rest or (field == "hot_days" and rest[0] in list(AwsLogKind))
