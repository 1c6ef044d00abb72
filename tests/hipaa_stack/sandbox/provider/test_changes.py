"""A diff shows real changes only, and which of them take a new object."""

from __future__ import annotations

import json

import pytest
from pulumi.runtime.proto import provider_pb2

from hipaa_stack.sandbox.provider.wire import UNKNOWN, secret

CLUSTER, ROLE, VPC, POOL = "aws:eks/cluster:Cluster", "aws:iam/role:Role", "aws:ec2/vpc:Vpc", "gcp:container/nodePool:NodePool"
SUBNET, KEY, GROUP = "aws:ec2/subnet:Subnet", "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup"
POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "A"}]}

SAME = [
    ("equal", VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16"}),
    ("JSON in another spelling", KEY, {"policy": json.dumps(POLICY)}, {"policy": json.dumps(POLICY, indent=2, sort_keys=True)}),
    ("policy of a union type", ROLE, {"assumeRolePolicy": json.dumps(POLICY)}, {"assumeRolePolicy": json.dumps(POLICY, indent=1)}),
    ("text for a boolean", VPC, {"enableDnsSupport": "true"}, {"enableDnsSupport": True}),
    ("text for a number", GROUP, {"retentionInDays": "400"}, {"retentionInDays": 400}),
    ("becomes a secret", KEY, {"description": "d"}, {"description": secret("d")}),
    ("secret inside", VPC, {"tags": {"a": secret("b")}}, {"tags": {"a": "b"}}),
    ("nested notes", VPC, {"tags": {"__defaults": [], "a": "b"}}, {"tags": {"a": "b"}}),
    ("the provider's notes", VPC, {"__defaults": []}, {"__defaults": ["name"]}),
    ("null and absent", VPC, {"cidrBlock": None}, {}),
]


@pytest.mark.parametrize(("type_", "old", "new"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_no_difference(provider, type_, old, new):
    response = provider(type_.split(":")[0]).diff(type_, "it", old, new)
    assert response.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert not response.detailedDiff


UPDATES = [
    ("tags", VPC, {"tags": {"a": "b"}}, {"tags": {"a": "c"}}, "tags.a", "UPDATE"),
    ("tag added", VPC, {"tags": {}}, {"tags": {"a": "c"}}, "tags.a", "ADD"),
    ("property removed", VPC, {"enableDnsSupport": False}, {}, "enableDnsSupport", "DELETE"),
    ("nested", CLUSTER, {"vpcConfig": {"subnetIds": ["a"]}}, {"vpcConfig": {"subnetIds": ["a", "b"]}}, "vpcConfig.subnetIds[1]", "ADD"),
    ("whole block added", CLUSTER, {}, {"encryptionConfig": {"provider": {"keyArn": "a"}}}, "encryptionConfig", "ADD"),
    ("now unknown", KEY, {"policy": "{}"}, {"policy": UNKNOWN}, "policy", "UPDATE"),
    ("cluster version", CLUSTER, {"version": "1.34"}, {"version": "1.35"}, "version", "UPDATE"),
    ("launch template version", "aws:eks/nodeGroup:NodeGroup", {"launchTemplate": {"version": "1"}}, {"launchTemplate": {"version": "2"}}, "launchTemplate.version", "UPDATE"),
    ("pool size", POOL, {"autoscaling": {"totalMaxNodeCount": 1}}, {"autoscaling": {"totalMaxNodeCount": 2}}, "autoscaling.totalMaxNodeCount", "UPDATE"),
    ("labels", "gcp:storage/bucket:Bucket", {"labels": {"a": "b"}}, {"labels": {"a": "c"}}, "labels.a", "UPDATE"),
]  # fmt: skip
REPLACEMENTS = [
    ("CIDR", VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, "cidrBlock", "UPDATE_REPLACE"),
    ("VPC of a subnet", SUBNET, {"vpcId": "vpc-1"}, {"vpcId": "vpc-2"}, "vpcId", "UPDATE_REPLACE"),
    ("unknown VPC", SUBNET, {"vpcId": "vpc-1"}, {"vpcId": UNKNOWN}, "vpcId", "UPDATE_REPLACE"),
    ("zone", SUBNET, {"availabilityZone": "a"}, {"availabilityZone": "b"}, "availabilityZone", "UPDATE_REPLACE"),
    ("name", GROUP, {"name": "a"}, {"name": "b"}, "name", "UPDATE_REPLACE"),
    ("bucket", "aws:s3/bucket:Bucket", {"bucket": "a"}, {"bucket": "b"}, "bucket", "UPDATE_REPLACE"),
    ("region", GROUP, {"region": "us-east-1"}, {"region": "us-west-2"}, "region", "UPDATE_REPLACE"),
    (
        "key of secrets", CLUSTER, {"encryptionConfig": {"provider": {"keyArn": "a"}}}, {"encryptionConfig": {"provider": {"keyArn": "b"}}},
        "encryptionConfig.provider.keyArn", "UPDATE_REPLACE",
    ),
    ("whole block removed", CLUSTER, {"encryptionConfig": {"provider": {"keyArn": "a"}}}, {}, "encryptionConfig", "DELETE_REPLACE"),
    (
        "launch template", "aws:eks/nodeGroup:NodeGroup", {"launchTemplate": {"id": "lt-1"}}, {"launchTemplate": {"id": "lt-2"}},
        "launchTemplate.id", "UPDATE_REPLACE",
    ),
    ("attachment", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": "a"}, {"policyArn": "b"}, "policyArn", "UPDATE_REPLACE"),
    ("pool's disk key", POOL, {"nodeConfig": {"bootDiskKmsKey": "a"}}, {"nodeConfig": {"bootDiskKmsKey": "b"}}, "nodeConfig.bootDiskKmsKey", "UPDATE_REPLACE"),
    ("gcp network", "gcp:compute/subnetwork:Subnetwork", {"network": "a"}, {"network": "b"}, "network", "UPDATE_REPLACE"),
    ("documentation says so", "aws:bedrock/agentcoreMemoryStrategy:AgentcoreMemoryStrategy", {"memoryId": "a"}, {"memoryId": "b"}, "memoryId", "UPDATE_REPLACE"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "old", "new", "path", "kind"), [row[1:] for row in UPDATES + REPLACEMENTS], ids=[row[0] for row in UPDATES + REPLACEMENTS]
)
def test_difference(provider, type_, old, new, path, kind):
    response = provider(type_.split(":")[0]).diff(type_, "it", old, new)
    assert response.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert {name: provider_pb2.PropertyDiff.Kind.Name(found.kind) for name, found in response.detailedDiff.items()} == {path: kind}
    top = path.split(".")[0].split("[")[0]
    assert list(response.diffs) == [top]
    assert list(response.replaces) == ([top] if kind.endswith("REPLACE") else [])


DELETES_FIRST = [
    ("explicit name stays", ROLE, {"name": "a", "path": "/x/"}, {"name": "a", "path": "/y/", "__defaults": []}, True),
    ("name chosen by the provider", ROLE, {"name": "a", "path": "/x/"}, {"name": "a", "path": "/y/", "__defaults": ["name"]}, False),
    ("the name changes", ROLE, {"name": "a"}, {"name": "b", "__defaults": []}, False),
    ("no name at all", VPC, {"cidrBlock": "a"}, {"cidrBlock": "b"}, False),
    ("one per zone", "aws:eks/addon:Addon", {"clusterName": "a", "addonName": "x", "namespaceConfig": {"namespace": "a"}},
     {"clusterName": "a", "addonName": "x", "namespaceConfig": {"namespace": "b"}}, True),
    ("from a prefix", "aws:eks/nodeGroup:NodeGroup", {"clusterName": "c", "nodeGroupNamePrefix": "p", "amiType": "a"},
     {"clusterName": "c", "nodeGroupNamePrefix": "p", "amiType": "b"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "old", "new", "expected"), [row[1:] for row in DELETES_FIRST], ids=[row[0] for row in DELETES_FIRST])
def test_delete_before_replace(provider, type_, old, new, expected):
    response = provider().diff(type_, "it", old, new)
    assert response.replaces
    assert response.deleteBeforeReplace is expected


def test_ignored_changes_are_ignored(provider):
    response = provider().diff(
        VPC, "it", {"cidrBlock": "a", "tags": {"x": "1"}}, {"cidrBlock": "b", "tags": {"x": "2"}}, ignoreChanges=["cidrBlock", "tags.x"]
    )
    assert response.changes == provider_pb2.DiffResponse.DIFF_NONE
