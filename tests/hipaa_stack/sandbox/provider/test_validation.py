"""Inputs are refused with the path of what is wrong, and never when the real provider would take them."""

from __future__ import annotations

import pytest

from hipaa_stack.sandbox.provider.wire import SIGNATURE, UNKNOWN, secret

CLUSTER = "aws:eks/cluster:Cluster"
BUCKET = "aws:s3/bucket:Bucket"
TOPIC = "aws:s3/bucketNotification:BucketNotification"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ASSET = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "x", "text": "x"}


def cluster(**more):
    return {"roleArn": "arn:aws:iam::123456789012:role/r", "vpcConfig": {"subnetIds": ["a", "b"]}, **more}


REFUSED = [
    (
        "unknown property",
        CLUSTER,
        cluster(vpcConfg={}),
        "Invalid or unknown key. Examine values at 'it.vpcConfg'. Did you mean 'vpcConfig'?",
    ),
    ("snake case at the top", CLUSTER, cluster(upgrade_policy={}), "Did you mean 'upgradePolicy'?"),
    ("unknown nested", CLUSTER, cluster(vpcConfig={"subnetIds": [], "bogus": 1}), "Examine values at 'it.vpcConfig.bogus'"),
    (
        "missing",
        CLUSTER,
        {"roleArn": "x"},
        "The argument \"vpcConfig\" is required, but no definition was found. Examine values at 'it.vpcConfig'",
    ),
    ("missing nested", CLUSTER, cluster(vpcConfig={}), "Examine values at 'it.vpcConfig.subnetIds'"),
    ("null is missing", CLUSTER, cluster(roleArn=None), "Examine values at 'it.roleArn'"),
    ("object for text", CLUSTER, cluster(version={"a": 1}), "expected string, got object. Examine values at 'it.version'"),
    ("list for text", CLUSTER, cluster(name=["a"]), "expected string, got list. Examine values at 'it.name'"),
    ("object in a list", CLUSTER, cluster(vpcConfig={"subnetIds": ["a", {}]}), "got object. Examine values at 'it.vpcConfig.subnetIds[1]'"),
    (
        "text for a list",
        CLUSTER,
        cluster(enabledClusterLogTypes="api"),
        "expected list, got string. Examine values at 'it.enabledClusterLogTypes'",
    ),
    ("text for an object", CLUSTER, cluster(accessConfig="API"), "expected object, got string. Examine values at 'it.accessConfig'"),
    (
        "text for a boolean",
        CLUSTER,
        cluster(deletionProtection="yes"),
        "expected boolean, got string. Examine values at 'it.deletionProtection'",
    ),
    (
        "number for a boolean",
        CLUSTER,
        cluster(deletionProtection=3),
        "expected boolean, got number. Examine values at 'it.deletionProtection'",
    ),
    ("text for a number", INGRESS, {"securityGroupId": "s", "ipProtocol": "tcp", "fromPort": "https"}, "expected integer, got string"),
    ("fraction for an integer", INGRESS, {"securityGroupId": "s", "ipProtocol": "tcp", "fromPort": 1.5}, "expected integer, got number"),
    ("boolean for a number", INGRESS, {"securityGroupId": "s", "ipProtocol": "tcp", "fromPort": True}, "expected integer, got boolean"),
    ("object in a map", BUCKET, {"tags": {"a": {}}}, "expected string, got object. Examine values at 'it.tags.a'"),
    ("list for a union", "aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": []}, "expected string or object, got list"),
    ("no asset", "aws:s3/bucketObject:BucketObject", {"bucket": "b", "source": "file"}, "expected asset, got string"),
    (
        "a secret of the wrong kind",
        CLUSTER,
        cluster(version=secret({"hush": 1})),
        "expected string, got object. Examine values at 'it.version'",
    ),
    (
        "not in a closed enum",
        "aws:autoscaling/notification:Notification",
        {"groupNames": ["g"], "topicArn": "t", "notifications": ["autoscaling:EC2_INSTANCE_LAUNCHED"]},
        "expected one of autoscaling:EC2_INSTANCE_LAUNCH, ",
    ),
    ("gcp", "gcp:container/cluster:Cluster", {"privateClusterConfg": {}}, "Did you mean 'privateClusterConfig'?"),
]


@pytest.mark.parametrize(("type_", "inputs", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refuses(provider, type_, inputs, words):
    _, failures = provider(type_.split(":")[0]).check(type_, "it", inputs)
    assert len(failures) == 1
    assert words in failures[0]


ACCEPTED = [
    ("text for a boolean", CLUSTER, cluster(deletionProtection="true")),
    ("text for a number", INGRESS, {"securityGroupId": "s", "ipProtocol": "tcp", "fromPort": "443"}),
    ("number for text", INGRESS, {"securityGroupId": "s", "ipProtocol": -1}),
    ("boolean for text", BUCKET, {"tags": {"a": True}}),
    ("unknown text", CLUSTER, cluster(roleArn=UNKNOWN)),
    ("unknown object", CLUSTER, cluster(vpcConfig=UNKNOWN)),
    ("unknown in a list", CLUSTER, cluster(vpcConfig={"subnetIds": [UNKNOWN]})),
    ("unknown number", INGRESS, {"securityGroupId": "s", "ipProtocol": "tcp", "fromPort": "3eeb2bf0-c639-47a8-9e75-3b44932eb421"}),
    ("secret", CLUSTER, cluster(version=secret("1.35"))),
    ("null for an optional one", CLUSTER, cluster(version=None)),
    ("policy as text", "aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": "{}"}),
    ("policy as object", "aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": {"Version": "2012-10-17", "Statement": []}}),
    ("new member of an open enum", "aws:ec2/instance:Instance", {"instanceType": "x99.huge"}),
    ("asset", "aws:s3/bucketObject:BucketObject", {"bucket": "b", "source": ASSET}),
]


@pytest.mark.parametrize(("type_", "inputs"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepts(provider, type_, inputs):
    assert provider().check(type_, "it", inputs)[1] == []


def test_every_problem_is_named_at_once(provider):
    _, failures = provider().check(CLUSTER, "it", {"bogus": 1, "vpcConfig": {"subnetIds": "x"}})
    assert [failure.split("'")[1] for failure in failures] == ["it.bogus", "it.vpcConfig.subnetIds", "it.roleArn"]


def test_a_message_never_holds_a_value(provider):
    _, failures = provider().check(CLUSTER, "it", cluster(version=secret({"password": "hunter2"}), name=["hunter2"]))
    assert len(failures) == 2
    assert "hunter2" not in str(failures)


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("aws:eks/clustre:Clustre", "unknown resource type aws:eks/clustre:Clustre: pulumi-aws 7."),
        ("aws:s3/bucketV9:BucketV9", "did you mean aws:s3/bucketV2:BucketV2?"),
        ("aws:nowhere/thing:Thing", "has none of that name"),
    ],
)
def test_unknown_types_are_refused_in_one_sentence(provider, refused, type_, words):
    with refused(words):
        provider().check(type_, "it", {})
    with refused(words):
        provider().create(type_, "it", {})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"version": "99.0.0"}, "asks for the aws provider 99.0.0, but pulumi-aws 7."),
        ({"regoin": "x"}, "Invalid or unknown key. Examine values at 'aws:regoin'."),
        ({"version": "7.0.0", "region": "eu-west-1"}, ""),
    ],
)
def test_provider_configuration(provider, given, words):
    from pulumi.runtime.proto import provider_pb2

    from hipaa_stack.sandbox.provider.wire import to_struct

    response = provider().stub.CheckConfig(
        provider_pb2.CheckRequest(urn="urn:pulumi:dev::trial::pulumi:providers:aws::p", news=to_struct(given))
    )
    assert [words in failure.reason for failure in response.failures] == ([True] if words else [])
