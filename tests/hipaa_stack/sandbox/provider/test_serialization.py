"""Programs as people write them reach the provider in the spelling that it checks: dicts and argument objects alike."""

from __future__ import annotations

import asyncio

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pytest
from pulumi.runtime import mocks, rpc

from hipaa_stack.sandbox.provider.wire import from_struct

ROLE = "arn:aws:iam::123456789012:role/r"


class Nothing(mocks.Mocks):
    def new_resource(self, args):
        return args.name, {}

    def call(self, args):
        return {}


WRITTEN = [
    ("nested dict", aws.eks.ClusterArgs, {"role_arn": ROLE, "vpc_config": {"subnet_ids": ["a"], "endpoint_private_access": True}}),
    ("nested object", aws.eks.ClusterArgs, {"role_arn": ROLE, "vpc_config": aws.eks.ClusterVpcConfigArgs(subnet_ids=["a"])}),
    ("deep", aws.eks.ClusterArgs, {"role_arn": ROLE, "vpc_config": {"subnet_ids": []}, "encryption_config": {"provider": {"key_arn": "k"}, "resources": ["secrets"]}}),
    ("lists of dicts", aws.ec2.LaunchTemplateArgs, {"block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"encrypted": "true", "kms_key_id": "k"}}]}),
    ("plain maps keep their keys", aws.ec2.VpcArgs, {"cidr_block": "10.0.0.0/16", "tags": {"cost_center": "a", "kubernetes.io/role/internal-elb": "1"}}),
    ("enum", aws.lambda_.FunctionArgs, {"role": ROLE, "runtime": aws.lambda_.Runtime.PYTHON3D12}),
    ("policy as dict", aws.iam.RoleArgs, {"assume_role_policy": {"Version": "2012-10-17", "Statement": []}}),
    ("archive", aws.lambda_.FunctionArgs, {"role": ROLE, "code": pulumi.AssetArchive({"a.py": pulumi.StringAsset("x")})}),
    ("asset", gcp.storage.BucketObjectArgs, {"bucket": "b", "source": pulumi.StringAsset("x")}),
    ("gcp", gcp.container.ClusterArgs, {"location": "us", "ip_allocation_policy": {"cluster_secondary_range_name": "pods"}, "node_config": {"oauth_scopes": ["x"]}}),
    ("outputs", aws.kms.AliasArgs, lambda: {"target_key_id": pulumi.Output.from_input("k"), "name": pulumi.Output.concat("alias/", "x")}),
    ("secret", aws.secretsmanager.SecretVersionArgs, lambda: {"secret_id": "s", "secret_string": pulumi.Output.secret("hush")}),
]  # fmt: skip


@pytest.mark.parametrize(("args_type", "given"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_correct_programs_are_accepted(provider, args_type, given):
    token = TOKENS[args_type]
    failures = provider(token.split(":")[0]).check(token, "it", on_the_wire(args_type, given))[1]
    assert failures == []


WRONG = [
    (
        aws.eks.ClusterArgs,
        {"role_arn": ROLE, "vpc_config": {"subnet_idz": ["a"], "subnet_ids": []}},
        "'it.vpcConfig.subnet_idz'. Did you mean 'subnetIds'?",
    ),
    (aws.eks.ClusterArgs, {"role_arn": ROLE, "vpc_config": {"subnet_ids": [{"a": 1}]}}, "'it.vpcConfig.subnetIds[0]'"),
]


@pytest.mark.parametrize(("args_type", "given", "words"), WRONG)
def test_mistakes_are_named_in_wire_spelling(provider, args_type, given, words):
    failures = provider().check(TOKENS[args_type], "it", on_the_wire(args_type, given))[1]
    assert len(failures) == 1
    assert words in failures[0]


TOKENS = {
    aws.ec2.LaunchTemplateArgs: "aws:ec2/launchTemplate:LaunchTemplate",
    aws.ec2.VpcArgs: "aws:ec2/vpc:Vpc",
    aws.eks.ClusterArgs: "aws:eks/cluster:Cluster",
    aws.iam.RoleArgs: "aws:iam/role:Role",
    aws.kms.AliasArgs: "aws:kms/alias:Alias",
    aws.lambda_.FunctionArgs: "aws:lambda/function:Function",
    aws.secretsmanager.SecretVersionArgs: "aws:secretsmanager/secretVersion:SecretVersion",
    gcp.container.ClusterArgs: "gcp:container/cluster:Cluster",
    gcp.storage.BucketObjectArgs: "gcp:storage/bucketObject:BucketObject",
}


def on_the_wire(args_type, given):
    """What the Python SDK sends for these arguments."""

    async def serialize():
        mocks.set_mocks(Nothing())
        return await rpc.serialize_properties(
            pulumi._types.input_type_to_untranslated_dict(args_type(**(given() if callable(given) else given))), {}, typ=args_type
        )

    return from_struct(asyncio.run(serialize()))
