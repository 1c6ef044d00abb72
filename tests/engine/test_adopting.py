"""docs/adopting.md: a cluster and a namespace that exist are changed in place, by the very examples of the page."""

import json
import re
import textwrap
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.engine

PAGE = (Path(__file__).parents[2] / "docs" / "adopting.md").read_text()
CLUSTER = "aws:eks/cluster:Cluster"
UP = ("up", "--yes", "--skip-preview", "--suppress-outputs")

EXISTING = """
import pulumi
import pulumi_aws as aws

trust = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
role = aws.iam.Role("clinic", assume_role_policy=trust)
vpc = aws.ec2.Vpc("clinic", cidr_block="10.64.0.0/16")
subnets = [aws.ec2.Subnet(f"clinic-{zone}", vpc_id=vpc.id, cidr_block=f"10.64.{zone}.0/24") for zone in range(2)]
cluster = aws.eks.Cluster(
    "clinic",
    name="clinic",
    version="1.35",
    role_arn=role.arn,
    access_config={"authentication_mode": "CONFIG_MAP", "bootstrap_cluster_creator_admin_permissions": True},
    kubernetes_network_config={"service_ipv4_cidr": "10.100.0.0/16", "ip_family": "ipv4"},
    vpc_config={"subnet_ids": [subnet.id for subnet in subnets], "endpoint_public_access": True},
    opts=pulumi.ResourceOptions(retain_on_delete=True),
)
pulumi.export("clusterRole", role.arn)
pulumi.export("vpc", vpc.id)
pulumi.export("subnets", [subnet.id for subnet in subnets])
"""


def example(language: str, containing: str) -> str:
    """The example of the page that contains a text."""
    blocks = [textwrap.dedent(block) for block in re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)]
    (found,) = [block for block in blocks if containing in block]
    return found


def steps(box, stack: str) -> dict[str, str]:
    """What a preview would do, by URN."""
    preview = json.loads(box.pulumi("preview", "--json", "--stack", stack).stdout)
    return {step["urn"]: step["op"] for step in preview["steps"]}


def inputs_of_cluster(box, stack: str) -> dict:
    (cluster,) = [item for item in box.state(stack)["resources"] if item["type"] == CLUSTER]
    return cluster["inputs"]


def test_a_cluster_that_exists_is_changed_in_place(sandbox, make_project, tmp_path):
    was = make_project({"__main__.py": EXISTING}, name="was", stacks={"old": "config:\n  aws:region: us-east-1\n"})
    directory = tmp_path / "accounts"
    box = sandbox(was, directory=directory)
    box.pulumi(*UP, "--stack", "old")
    facts = json.loads(box.pulumi("stack", "output", "--json", "--stack", "old").stdout)
    box.session.__exit__(None, None, None)

    config = {"aws:region": "us-east-1", **{f"adopting:{name}": value for name, value in facts.items()}, "adopting:configMap": True}
    program = {"__main__.py": example("python", "EksCluster("), "adopt.json": example("json", CLUSTER)}
    project = make_project(program, name="adopting", stacks={"prod": yaml.safe_dump({"config": config})})
    box = sandbox(project, directory=directory)
    box.pulumi("stack", "select", "--create", "prod")
    box.pulumi("import", "--file", "adopt.json", "--yes", "--skip-preview", "--generate-code=false", "--protect=false")
    before = inputs_of_cluster(box, "prod")
    assert (before["accessConfig"]["authenticationMode"], "encryptionConfig" in before) == ("CONFIG_MAP", False)

    planned = steps(box, "prod")
    assert {op for urn, op in planned.items() if f"{CLUSTER}::clinic-cluster" in urn} == {"update"}
    assert set(planned.values()) <= {"create", "update", "same"}
    box.pulumi(*UP, "--stack", "prod")
    after = inputs_of_cluster(box, "prod")
    assert after["accessConfig"]["authenticationMode"] == "API_AND_CONFIG_MAP"
    assert after["encryptionConfig"]["resources"] == ["secrets"]
    assert (after["roleArn"], after["vpcConfig"]["endpointPublicAccess"]) == (facts["clusterRole"], False)
    assert [entry["type"] for entry in box.journal() if entry["rpc"] == "Delete"] == []

    box.pulumi("config", "rm", "configMap", "--stack", "prod")
    assert {op for urn, op in steps(box, "prod").items() if f"{CLUSTER}::clinic-cluster" in urn} == {"update"}
    box.pulumi(*UP, "--stack", "prod")
    assert inputs_of_cluster(box, "prod")["accessConfig"]["authenticationMode"] == "API"
    box.pulumi(*UP, "--expect-no-changes", "--stack", "prod")


def test_a_namespace_that_exists_is_patched(sandbox, make_project, local_kubernetes):
    status, _ = local_kubernetes.request("POST", "/api/v1/namespaces", {"metadata": {"name": "records", "labels": {"team": "clinic"}}})
    assert status == 201
    project = make_project({"__main__.py": example("python", "HardenedNamespace(")}, name="adopting")
    local_kubernetes.kubeconfig(project / "kubeconfig")
    box = sandbox(project, kubernetes=local_kubernetes)
    assert set(steps(box, "dev").values()) == {"create"}
    box.pulumi(*UP, "--stack", "dev")
    _, namespace = local_kubernetes.request("GET", "/api/v1/namespaces/records")
    assert namespace["metadata"]["labels"]["team"] == "clinic"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    box.pulumi(*UP, "--expect-no-changes", "--stack", "dev")
