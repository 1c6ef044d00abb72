"""An EKS cluster through the real engine: it comes up, stays unchanged, and never locks its deployer out."""

import json

import pytest

from hipaa_stack.sandbox.config import SandboxConfig

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
import pulumi_aws as aws
from hipaa_components.aws import AwsEncryptionKey, EksAddons, EksCluster, EksNodeGroup

config = pulumi.Config()
keys = {use: AwsEncryptionKey(use.lower(), {"uses": [use], "alias": use.lower()}).key_arn for use in ("EKS_SECRETS", "EBS")}
logs = aws.cloudwatch.LogGroup("audit", name="/aws/eks/clinic/cluster")
network = aws.ec2.Vpc("network", cidr_block="10.64.0.0/16")
subnets = [aws.ec2.Subnet(f"s{n}", vpc_id=network.id, cidr_block=f"10.64.{n}.0/24", availability_zone=f"us-east-1{'ab'[n]}") for n in (0, 1)]
trust = '{"Version": "2012-10-17", "Statement": []}'
admin = config.get("admin")
cluster = EksCluster(
    "clinic",
    {
        "cluster_name": "clinic",
        "vpc_id": network.id,
        "subnet_ids": [subnet.id for subnet in subnets],
        "secrets_key_arn": keys["EKS_SECRETS"],
        "volume_key_arn": keys["EBS"],
        "log_group_arn": logs.arn,
        "admin_principal_arns": [admin or aws.iam.Role("admin", assume_role_policy=trust).arn],
        "node_groups": [EksNodeGroup(name="general", instance_types=[config.get("instance") or "m7i.large"])],
    },
)
EksAddons(
    "addons",
    {"cluster_name": cluster.name, "cluster_arn": cluster.arn, "volume_key_arn": keys["EBS"]},
    pulumi.ResourceOptions(depends_on=[cluster]),
)
aws.ssm.Parameter("client", type="String", insecure_value=cluster.kubeconfig)
pulumi.export("kubeconfig", cluster.kubeconfig)
"""
CLUSTER = "aws:eks/cluster:Cluster"


@pytest.fixture
def box(sandbox, make_project):
    """An initialised stack of the program."""
    opened = sandbox(make_project({"__main__.py": PROGRAM}))
    opened.pulumi("stack", "init", "dev", check=False)
    opened.pulumi("stack", "select", "dev")
    opened.pulumi("config", "set", "aws:region", "us-east-1")
    return opened


def deploy_as(box, role):
    """From now on the program runs as this role."""
    SandboxConfig.read(box.directory).model_copy(update={"aws_role": role}).write(box.directory)


def changes(box):
    """What a preview would change, by the name of the resource."""
    steps = json.loads(box.pulumi("preview", "--json").stdout)["steps"]
    return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}


def test_up_then_unchanged_and_a_new_node_group_leaves_clients_alone(box):
    box.pulumi("up", "--yes", "--skip-preview")
    assert changes(box) == {}
    kubeconfig = json.loads(box.pulumi("stack", "output", "kubeconfig").stdout)
    assert kubeconfig["current-context"] == "clinic"
    assert "k8s-aws-v1." not in json.dumps(box.state())

    box.pulumi("config", "set", "instance", "m7a.large")
    assert changes(box) == {"clinic-general": "replace"}


@pytest.mark.parametrize(("command", "admin"), [("preview", "arn:aws:iam::123456789012:role/admin"), ("up", None)])
def test_whoever_would_be_locked_out_is_told_before_the_cluster_exists(box, command, admin):
    deploy_as(box, "stranger")
    if admin:
        box.pulumi("config", "set", "admin", admin)
    else:
        box.pulumi("preview")  # the ARN of a role of the stack is not known yet
    refused = box.pulumi(command, *(["--yes"] if command == "up" else []), check=False)
    assert refused.returncode
    said = refused.stdout + refused.stderr
    assert "you would lock yourself out: arn:aws:iam::123456789012:role/stranger is not admitted" in said
    assert "Traceback" not in said
    assert not box.resources(CLUSTER)


def test_the_deployer_among_the_administrators_is_admitted(box):
    deploy_as(box, "platform-admin")
    box.pulumi("config", "set", "admin", "arn:aws:iam::123456789012:role/platform-admin")
    assert changes(box)["clinic-cluster"] == "create"
