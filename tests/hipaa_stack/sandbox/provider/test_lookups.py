"""Look-ups are computed, answered from the accounts, or invented and noted as invented."""

from __future__ import annotations

import json
import re

import pytest

from hipaa_stack.sandbox.config import KubernetesEndpoint
from hipaa_stack.sandbox.provider.accounts import simulated_values
from hipaa_stack.sandbox.provider.wire import UNKNOWN

CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"

ANSWERS = [
    (CALLER, {}, "accountId", "123456789012"),
    (CALLER, {}, "arn", r"arn:aws:sts::123456789012:assumed-role/deployer/sandbox"),
    ("aws:index/getPartition:getPartition", {}, "partition", "aws"),
    ("aws:index/getPartition:getPartition", {"region": "us-gov-west-1"}, "dnsSuffix", r"amazonaws\.com"),
    ("aws:index/getRegion:getRegion", {}, "region", "us-east-1"),
    ("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"}, "names.0", "us-east-1a"),
    ("aws:index/getAvailabilityZones:getAvailabilityZones", {"region": "eu-central-1"}, "names.2", "eu-central-1c"),
    ("aws:index/getAvailabilityZones:getAvailabilityZones", {"region": "eu-central-1"}, "zoneIds.0", "euc1-az1"),
    ("aws:index/getAvailabilityZones:getAvailabilityZones", {"excludeNames": ["us-east-1a"]}, "names.0", "us-east-1b"),
    ("aws:iam/getSessionContext:getSessionContext", {"arn": "arn:aws:sts::123456789012:assumed-role/r/s"}, "issuerArn", "arn:aws:iam::123456789012:role/r"),
    ("aws:iam/getSessionContext:getSessionContext", {"arn": "arn:aws:iam::123456789012:user/u"}, "issuerArn", "arn:aws:iam::123456789012:user/u"),
    ("aws:iam/getPolicy:getPolicy", {"name": "ReadOnlyAccess"}, "arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ("aws:iam/getRole:getRole", {"name": "r"}, "arn", "arn:aws:iam::123456789012:role/r"),
    ("aws:ec2/getAmi:getAmi", {"owners": ["amazon"]}, "id", r"ami-[0-9a-f]{17}"),
    ("aws:ec2/getVpc:getVpc", {"id": "vpc-1"}, "arn", "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"),
    ("aws:ec2/getSubnets:getSubnets", {"filters": []}, "ids.1", r"subnet-[0-9a-f]{17}"),
    ("aws:ec2/getPrefixList:getPrefixList", {}, "id", r"pl-[0-9a-f]{8}"),
    ("aws:eks/getCluster:getCluster", {"name": "c"}, "endpoint", r"https://[0-9A-F]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com"),
    ("aws:eks/getCluster:getCluster", {"name": "c"}, "arn", "arn:aws:eks:us-east-1:123456789012:cluster/c"),
    ("aws:eks/getClusterAuth:getClusterAuth", {"name": "c"}, "token", r"k8s-aws-v1\.\w+"),
    ("aws:kms/getKey:getKey", {"keyId": "alias/a"}, "arn", r"arn:aws:kms:us-east-1:123456789012:key/[0-9a-f-]{36}"),
    ("aws:kms/getKey:getKey", {"keyId": "arn:aws:kms:us-east-1:1:key/x"}, "arn", "arn:aws:kms:us-east-1:1:key/x"),
    ("aws:kms/getAlias:getAlias", {"name": "alias/a"}, "targetKeyArn", r"arn:aws:kms:us-east-1:123456789012:key/[0-9a-f-]{36}"),
    ("aws:ssm/getParameter:getParameter", {"name": "/aws/service/ami-amazon-linux-latest/al2023"}, "value", r"ami-[0-9a-f]{17}"),
    ("aws:ssm/getParameter:getParameter", {"name": "/app/colour"}, "value", r"simulated-[0-9a-f]{12}"),
    ("aws:secretsmanager/getSecretVersion:getSecretVersion", {"secretId": "s"}, "secretString", r"simulated-[0-9a-f]{12}"),
    ("gcp:organizations/getClientConfig:getClientConfig", {}, "project", "simulated-project"),
    ("gcp:organizations/getProject:getProject", {"projectId": "simulated-project"}, "number", "123456789012"),
    ("gcp:organizations/getProject:getProject", {"projectId": "other"}, "number", r"(?!123456789012)\d{12}"),
    ("gcp:container/getEngineVersions:getEngineVersions", {"location": "us-central1"}, "latestMasterVersion", r"1\.\d+\.\d+-gke\.\d+"),
    ("gcp:compute/getZones:getZones", {"region": "europe-west4"}, "names.0", "europe-west4-a"),
    ("gcp:kms/getKMSKeyRing:getKMSKeyRing", {"name": "r", "location": "us"}, "id", "projects/simulated-project/locations/us/keyRings/r"),
    ("gcp:logging/getProjectCmekSettings:getProjectCmekSettings", {"project": "p"}, "serviceAccountId", "service-123456789012@gcp-sa-logging.iam.gserviceaccount.com"),
    ("gcp:storage/getProjectServiceAccount:getProjectServiceAccount", {}, "member", "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"),
]  # fmt: skip


@pytest.mark.parametrize(("token", "args", "path", "pattern"), ANSWERS, ids=[f"{row[0]} {row[2]}" for row in ANSWERS])
def test_answers(provider, token, args, path, pattern):
    value = provider(token.split(":")[0], aws_role="deployer").invoke(token, **args)
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    assert re.fullmatch(pattern, value), value


def test_policy_documents_are_computed(provider):
    source = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Base", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    answer = provider().invoke(
        DOCUMENT,
        sourcePolicyDocuments=[source],
        overridePolicyDocuments=[json.dumps({"Statement": {"Sid": "Base", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}})],
        statements=[
            {
                "sid": "Read", "actions": ["s3:GetObject", "s3:ListBucket"], "resources": ["arn:aws:s3:::b/&{aws:username}"],
                "principals": [{"type": "AWS", "identifiers": ["arn:b", "arn:a"]}, {"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                "conditions": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]},
                               {"test": "StringEquals", "variable": "aws:SourceArn", "values": ["b", "a"]}],
            },
            {"effect": "Deny", "notActions": ["iam:*"], "notResources": ["x", "y"], "principals": [{"type": "*", "identifiers": ["*"]}]},
        ],
    )  # fmt: skip
    expected = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Base", "Effect": "Deny", "Action": "kms:*", "Resource": "*"},
            {
                "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b/${aws:username}",
                "Principal": {"AWS": ["arn:a", "arn:b"], "Service": "ec2.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": ["a", "b"]}},
            },
            {"Effect": "Deny", "NotAction": "iam:*", "NotResource": ["x", "y"], "Principal": "*"},
        ],
    }  # fmt: skip
    assert json.loads(answer["json"]) == json.loads(answer["minifiedJson"]) == expected
    assert "\n" not in answer["minifiedJson"]


def test_a_document_of_unknowns_is_unknown(provider):
    assert provider().invoke(DOCUMENT, statements=[{"actions": ["s3:*"], "resources": [UNKNOWN]}])["json"] == UNKNOWN


def test_what_exists_is_answered_from_the_accounts(provider):
    client = provider()
    vpc, _, made = client.make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.9.0.0/16", "tags": {"a": "b"}})
    subnet, *_ = client.make("aws:ec2/subnet:Subnet", "it", {"vpcId": vpc, "cidrBlock": "10.9.0.0/24"})
    role = client.make("aws:iam/role:Role", "it", {"name": "deployer", "path": "/ci/", "assumeRolePolicy": "{}"})[2]
    found = client.invoke("aws:ec2/getVpc:getVpc", id=vpc)
    assert (found["id"], found["cidrBlock"], found["arn"], found["tags"]) == (vpc, "10.9.0.0/16", made["arn"], {"a": "b"})
    assert client.invoke("aws:ec2/getSubnets:getSubnets", filters=[{"name": "vpc-id", "values": [vpc]}])["ids"] == [subnet]
    context = client.invoke("aws:iam/getSessionContext:getSessionContext", arn="arn:aws:sts::123456789012:assumed-role/deployer/s")
    assert context["issuerArn"] == role["arn"] == "arn:aws:iam::123456789012:role/ci/deployer"


def test_inventions_are_noted_and_nothing_else(provider):
    client = provider()
    assert simulated_values(client.directory) == frozenset()
    client.invoke("aws:index/getPartition:getPartition")
    client.invoke("aws:index/getRegion:getRegion")
    client.invoke(DOCUMENT, statements=[{"actions": ["s3:*"], "resources": ["*"]}])
    assert simulated_values(client.directory) == frozenset()
    image = client.invoke("aws:ec2/getAmi:getAmi", owners=["amazon"], nameRegex="al2023")["id"]
    account = client.invoke(CALLER)["accountId"]
    noted = simulated_values(client.directory)
    assert {image, account} <= noted
    assert not {"al2023", "amazon", "us-east-1"} & noted


def test_what_exists_is_no_invention(provider):
    client = provider()
    vpc, _, made = client.make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.9.0.0/16"})
    client.invoke("aws:ec2/getVpc:getVpc", id=vpc)
    assert not {vpc, made["arn"], made["cidrBlock"]} & simulated_values(client.directory)


def test_every_lookup_is_in_the_journal_without_its_tokens(provider):
    client = provider(kubernetes=KubernetesEndpoint(url="https://127.0.0.1:1", certificate_authority="Q0E=", token="hush-hush"))
    assert client.invoke("aws:eks/getClusterAuth:getClusterAuth", name="c")["token"] == "hush-hush"
    client.invoke(CALLER)
    entries = client.journal()
    assert [(entry["rpc"], entry["token"]) for entry in entries] == [
        ("Invoke", "aws:eks/getClusterAuth:getClusterAuth"),
        ("Invoke", CALLER),
    ]
    assert entries[1]["answer"]["accountId"] == "123456789012"
    for file in client.directory.iterdir():
        assert file.name == "session.json" or b"hush-hush" not in file.read_bytes(), file


@pytest.mark.parametrize(
    "token", ["aws:ec2/getUnicorn:getUnicorn", "aws:nowhere/getVpc:getVpc", "nonsense", "gcp:compute/getZones:getZones"]
)
def test_unknown_functions_are_refused(provider, refused, token):
    with refused(f"unknown function {token}: pulumi-aws 7."):
        provider().invoke(token)
