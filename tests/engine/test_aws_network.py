"""Audit logs and a network through the real engine: they come up, stay unchanged, and grow without moving anything."""

import json

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """
import json
import pulumi
from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey, AwsNetwork

config = pulumi.Config()
reason = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
common = {"ephemeral": reason} if config.get_bool("ephemeral") else {}
groups = ["/aws/eks/clinic/cluster", "/hipaa-stack/clinic/flow"]
key = AwsEncryptionKey("key", {"uses": ["CLOUDWATCH_LOGS"], "alias": "logs", "log_group_names": groups, **common})
logs = AwsAuditLogs(
    "logs",
    {
        "key_arn": key.key_arn,
        "log_groups": [{"name": groups[0], "kind": "EKS_CONTROL_PLANE"}, {"name": groups[1], "kind": "VPC_FLOW"}],
        "adopt_log_groups": bool(config.get_bool("adopt")),
        **common,
    },
)
egress = json.loads(config.get("egress") or "{}")
network = AwsNetwork(
    "net",
    {
        "cluster_name": "clinic",
        "flow_log_group_arn": logs.log_group_arns[groups[1]],
        "components": ["NODES", "SSM"],
        "az_count": config.get_int("zones") or 2,
        "nat_egress": {**reason, **egress} if egress else None,
        **common,
    },
)
pulumi.export("subnets", network.private_subnet_ids)
pulumi.export("groups", logs.log_group_arns)
"""
GROUP = "aws:cloudwatch/logGroup:LogGroup"


@pytest.fixture
def box(sandbox, make_project):
    """An initialised stack of the program."""
    opened = sandbox(make_project({"__main__.py": PROGRAM}))
    opened.pulumi("stack", "init", "dev", check=False)
    opened.pulumi("stack", "select", "dev")
    opened.pulumi("config", "set", "aws:region", "us-east-1")
    return opened


def up(box):
    box.pulumi("up", "--yes", "--skip-preview")


def steps(box):
    """What a preview would do, by the type and name of the resource."""
    preview = json.loads(box.pulumi("preview", "--json").stdout)
    named = {tuple(step["urn"].split("::")[2:]): step["op"] for step in preview["steps"]}
    return {f"{types.rpartition('$')[2]} {name}": op for (types, name), op in named.items()}


def output(box, name):
    return json.loads(box.pulumi("stack", "output", "--json").stdout)[name]


@pytest.mark.parametrize(
    "egress",
    [None, {"allow_domains": [".example.com"], "allow_cidrs": ["203.0.113.0/24"]}],
    ids=["closed", "hosts and networks"],
)
def test_up_then_unchanged(box, egress):
    if egress:
        box.pulumi("config", "set", "egress", json.dumps(egress))
    up(box)
    assert set(steps(box).values()) == {"same"}
    assert set(output(box, "groups")) == {"/aws/eks/clinic/cluster", "/hipaa-stack/clinic/flow"}


def test_a_zone_and_a_way_out_are_added_without_moving_a_subnet(box):
    up(box)
    before = output(box, "subnets")
    box.pulumi("config", "set", "zones", "3")
    box.pulumi("config", "set", "egress", json.dumps({"allow_domains": [".example.com"], "per_zone": False}))
    planned = steps(box)
    assert set(planned.values()) <= {"same", "create", "update", "delete"}
    # Services that are now reached through the firewall lose their endpoint, and nothing else goes.
    assert {name.rpartition(":")[0] for name, op in planned.items() if op == "delete"} == {"aws:ec2/vpcEndpoint"}
    up(box)
    assert output(box, "subnets")[:2] == before


def test_log_groups_of_a_destroyed_stack_are_taken_back(box):
    up(box)
    assert set(steps(box).values()) == {"same"}  # a group that nobody ever asked for again would be taken for a retry
    box.pulumi("state", "unprotect", "--all", "--yes")
    box.pulumi("destroy", "--yes", "--skip-preview")
    assert not box.resources(GROUP)
    refused = box.pulumi("up", "--yes", "--skip-preview", check=False)
    assert refused.returncode
    assert "ResourceAlreadyExistsException" in refused.stdout + refused.stderr

    box.pulumi("config", "set", "adopt", "true")
    up(box)
    assert {item["outputs"]["retentionInDays"] for item in box.resources(GROUP)} == {2192, 400}
    assert set(steps(box).values()) == {"same"}


def test_an_ephemeral_stack_leaves_nothing_protected(box):
    box.pulumi("config", "set", "ephemeral", "true")
    box.pulumi("config", "set", "egress", json.dumps({"allow_domains": [".example.com"]}))
    up(box)
    assert not [item["urn"] for item in box.resources() if item.get("protect") or item.get("retainOnDelete")]
    box.pulumi("destroy", "--yes", "--skip-preview")
    assert not [item for item in box.resources() if item["type"].startswith("aws:")]
