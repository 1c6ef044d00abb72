"""Every way to the API server through the real engine: it comes up, stays unchanged, and is destroyed; two stand side by side."""

import json

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """
import json
import pulumi
from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey, AwsNetwork, AwsPrivateAccess

reason = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
groups = {"/hipaa-stack/clinic/flow": "VPC_FLOW", "/hipaa-stack/clinic/access": "APPLICATION"}
key = AwsEncryptionKey(
    "key", {"uses": ["CLOUDWATCH_LOGS", "EBS"], "alias": "access", "log_group_names": [*groups], "ephemeral": reason}
).key_arn
kinds = [{"name": name, "kind": kind} for name, kind in groups.items()]
logs = AwsAuditLogs("logs", {"key_arn": key, "log_groups": kinds, "ephemeral": reason}).log_group_arns
network = AwsNetwork(
    "network",
    {"cluster_name": "clinic", "az_count": 2, "flow_log_group_arn": logs["/hipaa-stack/clinic/flow"], "components": ["NODES", "SSM", "RUNNER"]},
)
site = {
    "cluster_name": "clinic",
    "vpc_id": network.vpc_id,
    "vpc_cidr": network.vpc_cidr,
    "subnet_ids": [network.private_subnet_ids[zone] for zone in range(2)],
    "key_arn": key,
    "log_group_arn": logs["/hipaa-stack/clinic/access"],
}
for name, way in json.loads(pulumi.Config().require("ways")).items():
    access = AwsPrivateAccess(name, {**site, **way})
    pulumi.export(name, {"instructions": access.instructions, "groups": access.client_security_group_ids, "cidrs": access.client_cidrs})
"""

ACCOUNT = "arn:aws:iam::123456789012"
PEOPLE = {"operator_role_arns": [f"{ACCOUNT}:role/operators"], "mfa_statement": "The directory asks for a hardware key."}
SSM = {"ssm": PEOPLE}
VPN = {
    "client_vpn": {
        "saml_metadata": f"<EntityDescriptor>{'x' * 1000}</EntityDescriptor>",
        "server_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
        "client_cidr": "10.128.0.0/22",
        "access_group_ids": ["operators"],
        "mfa_statement": PEOPLE["mfa_statement"],
    }
}
RUNNER = {
    "runner": {
        **PEOPLE,
        "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/tools/pulumi@sha256:{'a' * 64}",
        "source_bucket_arn": "arn:aws:s3:::clinic-deploy",
        "source_key": "main/source.zip",
        "deployer_role_arn": f"{ACCOUNT}:role/deployer",
    }
}
EXISTING = {"existing": {"client_cidrs": ["10.20.0.0/16"]}}
INSTANCE = "aws:ec2/instance:Instance"


@pytest.fixture
def box(sandbox, make_project):
    """An initialised stack of the program."""
    opened = sandbox(make_project({"__main__.py": PROGRAM}))
    opened.pulumi("stack", "init", "dev")
    opened.pulumi("config", "set", "aws:region", "us-east-1")
    return opened


def up(box, ways):
    box.pulumi("config", "set", "ways", json.dumps(ways))
    box.pulumi("up", "--yes", "--skip-preview")
    box.pulumi("preview", "--expect-no-changes")
    return json.loads(box.pulumi("stack", "output", "--json").stdout)


def test_every_way_comes_up_stays_and_is_destroyed(box):
    told = up(box, {"people": SSM, "pipelines": RUNNER})
    (instance,) = box.resources(INSTANCE)
    (document,) = box.resources("aws:ssm/document:Document")
    forward = f"aws ssm start-session --profile people --target {instance['id']} --document-name {document['id']} "
    assert f'{forward}--parameters "host=$HOST,localPortNumber=8443"\n' in told["people"]["instructions"]
    assert "aws codebuild start-build --profile pipelines --project-name pipelines-runner" in told["pipelines"]["instructions"]
    assert instance["outputs"]["vpcSecurityGroupIds"] == told["people"]["groups"]
    assert told["people"]["groups"] != told["pipelines"]["groups"]

    up(box, {"people": {"ssm": {**PEOPLE, "revision": "second"}}, "pipelines": RUNNER})
    (renewed,) = box.resources(INSTANCE)
    assert renewed["id"] != instance["id"]

    told = up(box, {"vpn": VPN, "peering": EXISTING})
    assert not box.resources(INSTANCE)
    (endpoint,) = box.resources("aws:ec2clientvpn/endpoint:Endpoint")
    assert endpoint["outputs"]["securityGroupIds"] == told["vpn"]["groups"]
    assert f"--client-vpn-endpoint-id {endpoint['id']} " in told["vpn"]["instructions"]
    assert told["peering"]["cidrs"] == ["10.20.0.0/16"]

    box.pulumi("destroy", "--yes", "--skip-preview")
    assert not [item for item in box.resources() if item["type"].startswith("aws:")]
