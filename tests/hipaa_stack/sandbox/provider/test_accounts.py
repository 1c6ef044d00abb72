"""What exists in the simulated accounts: duplicates, singletons, deletes, reads, retries, imported states."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from hipaa_stack.sandbox.config import SandboxConfig
from hipaa_stack.sandbox.provider.cloud import Cloud, RefusedError
from hipaa_stack.sandbox.provider.schema import Sdk
from hipaa_stack.sandbox.provider.seeding import seed

ROLE = "arn:aws:iam::123456789012:role/r"
EKS = {"name": "c", "roleArn": ROLE, "vpcConfig": {"subnetIds": []}}
RING = "projects/p/locations/us/keyRings/r"
VPC = "aws:ec2/vpc:Vpc"

DUPLICATES = [
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "g"}, "ResourceAlreadyExistsException: The specified log group already exists"),
    ("aws:cloudtrail/trail:Trail", {"name": "t", "s3BucketName": "b"}, "TrailAlreadyExistsException: Trail t already exists for customer: 123456789012"),
    ("aws:dynamodb/table:Table", {"name": "t"}, "ResourceInUseException: Table already exists: t"),
    ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": "vpc-1"}, "already managed"),
    ("aws:ec2/flowLog:FlowLog", {"vpcId": "vpc-1", "trafficType": "ALL", "logDestination": "a"}, "FlowLogAlreadyExists"),
    ("aws:ec2/securityGroup:SecurityGroup", {"name": "g", "vpcId": "vpc-1"}, "InvalidGroup.Duplicate: The security group 'g' already exists for VPC 'vpc-1'"),
    ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"}, "InvalidSubnet.Conflict"),
    ("aws:ecr/repository:Repository", {"name": "r"}, "RepositoryAlreadyExistsException: The repository with name 'r' already exists in the registry with id"),
    ("aws:eks/accessEntry:AccessEntry", {"clusterName": "c", "principalArn": ROLE}, "ResourceInUseException: The specified access entry resource is already in use"),
    ("aws:eks/addon:Addon", {"clusterName": "c", "addonName": "vpc-cni"}, "ResourceInUseException: Addon already exists."),
    ("aws:eks/cluster:Cluster", EKS, "ResourceInUseException: Cluster already exists with name: c"),
    ("aws:eks/nodeGroup:NodeGroup",
     {"clusterName": "c", "nodeGroupName": "n", "nodeRoleArn": ROLE, "subnetIds": [], "scalingConfig": {"minSize": 1, "maxSize": 1, "desiredSize": 1}},
     "NodeGroup already exists with name n and cluster name c"),
    ("aws:guardduty/detector:Detector", {}, "BadRequestException: The request is rejected because a detector already exists for the current account."),
    ("aws:iam/instanceProfile:InstanceProfile", {"name": "p"}, "EntityAlreadyExists: Instance Profile p already exists."),
    ("aws:iam/policy:Policy", {"name": "p", "policy": "{}"}, "EntityAlreadyExists: A policy called p already exists."),
    ("aws:iam/role:Role", {"name": "r", "assumeRolePolicy": "{}"}, "EntityAlreadyExists: Role with name r already exists."),
    ("aws:kms/alias:Alias", {"name": "alias/a", "targetKeyId": "k"}, "AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:123456789012:alias/a already exists"),
    ("aws:lambda/function:Function", {"name": "f", "role": ROLE}, "ResourceConflictException: Function already exist: f"),
    ("aws:s3/bucket:Bucket", {"bucket": "b"}, "BucketAlreadyExists"),
    ("aws:secretsmanager/secret:Secret", {"name": "s"}, "ResourceExistsException: The operation failed because the secret s already exists."),
    ("aws:wafv2/ipSet:IpSet", {"name": "x", "ipAddressVersion": "IPV4", "scope": "REGIONAL"}, "ResourceAlreadyExistsException: x already exists"),
    ("gcp:compute/network:Network", {"name": "n"}, "googleapi: Error 409: The resource 'n' already exists, alreadyExists"),
    ("gcp:container/cluster:Cluster", {"name": "c", "location": "us-central1"}, "Error 409"),
    ("gcp:kms/keyRing:KeyRing", {"name": "r", "location": "us"}, "Error 409: The resource 'us/r' already exists"),
    ("gcp:kms/cryptoKey:CryptoKey", {"name": "k", "keyRing": RING}, "Error 409"),
    ("gcp:serviceaccount/account:Account", {"accountId": "nodes"}, "Error 409"),
    ("gcp:storage/bucket:Bucket", {"name": "b", "location": "US"}, "The bucket namespace is shared by all users"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "inputs", "words"), DUPLICATES, ids=[row[0] for row in DUPLICATES])
def test_duplicates_are_refused_and_a_delete_frees_the_name(provider, refused, type_, inputs, words):
    client = provider(type_.split(":")[0])
    id_, _, outputs = client.make(type_, "one", inputs)
    with refused(f"creating {type_} (two): ", words):
        client.make(type_, "two", inputs)
    if not type_.startswith("gcp:kms/") and type_ != "aws:secretsmanager/secret:Secret":
        client.delete(type_, "one", id_, {**outputs, "deletionProtection": False})
        client.make(type_, "two", inputs)


NO_DUPLICATES = [
    ("two objects without names", VPC, {"cidrBlock": "10.0.0.0/16"}, VPC, {"cidrBlock": "10.0.0.0/16"}),
    ("another VPC", "aws:ec2/securityGroup:SecurityGroup", {"name": "g", "vpcId": "vpc-1"}, "aws:ec2/securityGroup:SecurityGroup", {"name": "g", "vpcId": "vpc-2"}),
    ("another region", "aws:cloudwatch/logGroup:LogGroup", {"name": "g"}, "aws:cloudwatch/logGroup:LogGroup", {"name": "g", "region": "us-west-2"}),
    ("names from a prefix", "aws:iam/role:Role", {"namePrefix": "r-", "assumeRolePolicy": "{}"}, "aws:iam/role:Role", {"namePrefix": "r-", "assumeRolePolicy": "{}"}),
    ("groups from a prefix", "aws:ec2/securityGroup:SecurityGroup", {"namePrefix": "g-", "vpcId": "v"}, "aws:ec2/securityGroup:SecurityGroup", {"namePrefix": "g-", "vpcId": "v"}),
    ("another type", "aws:iam/role:Role", {"name": "x", "assumeRolePolicy": "{}"}, "aws:iam/user:User", {"name": "x"}),
    ("zones of one name", "aws:route53/zone:Zone", {"name": "x.example"}, "aws:route53/zone:Zone", {"name": "x.example"}),
    ("streams of two groups", "aws:cloudwatch/logStream:LogStream", {"name": "s", "logGroupName": "a"}, "aws:cloudwatch/logStream:LogStream", {"name": "s", "logGroupName": "b"}),
    ("grants to two members", "gcp:projects/iAMMember:IAMMember", {"project": "p", "role": "r", "member": "a"}, "gcp:projects/iAMMember:IAMMember", {"project": "p", "role": "r", "member": "b"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "inputs", "second_type", "second"), [row[1:] for row in NO_DUPLICATES], ids=[row[0] for row in NO_DUPLICATES]
)
def test_what_may_exist_side_by_side(provider, type_, inputs, second_type, second):
    client = provider(type_.split(":")[0])
    assert client.make(type_, "one", inputs)[0] != client.make(second_type, "two", second)[0] or type_ != second_type or "region" in second


def test_bucket_names_are_global(provider, refused):
    first, second = provider(), provider()
    first.configure(allowedAccountIds='["111122223333"]', region="eu-west-1")
    first.make("aws:s3/bucket:Bucket", "one", {"bucket": "b"})
    with refused("BucketAlreadyExists"):
        second.make("aws:s3/bucket:Bucket", "two", {"bucket": "b"})


STAYS = [
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "g", "skipDestroy": True}),
    ("aws:secretsmanager/secret:Secret", {"name": "s", "recoveryWindowInDays": 30}),
    ("gcp:kms/keyRing:KeyRing", {"name": "r", "location": "us"}),
    ("gcp:storage/bucket:Bucket", {"name": "b", "location": "US", "deletionPolicy": "ABANDON"}),
]


@pytest.mark.parametrize(("type_", "inputs"), STAYS, ids=[row[0] for row in STAYS])
def test_some_things_outlive_their_deletion(provider, refused, type_, inputs):
    client = provider(type_.split(":")[0])
    id_, _, outputs = client.make(type_, "it", inputs)
    client.delete(type_, "it", id_, outputs)
    with refused("already exists" if "bucket" not in type_ else "is not available"):
        client.make(type_, "it", inputs)


REFUSED_DELETES = [
    ("aws:eks/cluster:Cluster", {**EKS, "deletionProtection": True}, "deletion protection is enabled"),
    ("gcp:container/cluster:Cluster", {"name": "c", "location": "us"}, "deletion protection is enabled"),
    ("gcp:storage/bucket:Bucket", {"name": "b", "location": "US", "deletionPolicy": "PREVENT"}, "deletion_policy is PREVENT"),
]


@pytest.mark.parametrize(("type_", "inputs", "words"), REFUSED_DELETES, ids=[row[0] for row in REFUSED_DELETES])
def test_protected_objects_are_not_deleted(provider, refused, type_, inputs, words):
    client = provider(type_.split(":")[0])
    id_, checked, outputs = client.make(type_, "it", inputs)
    with refused(words):
        client.delete(type_, "it", id_, outputs)
    assert client.read(type_, "it", id_, outputs, checked)[0] == id_


def test_a_network_in_use_is_not_deleted(provider, refused):
    client = provider()
    vpc, _, outputs = client.make(VPC, "it", {"cidrBlock": "10.0.0.0/16"})
    subnet, _, state = client.make("aws:ec2/subnet:Subnet", "it", {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
    with refused("DependencyViolation"):
        client.delete(VPC, "it", vpc, outputs)
    client.delete("aws:ec2/subnet:Subnet", "it", subnet, state)
    client.delete(VPC, "it", vpc, outputs)
    client.delete(VPC, "it", vpc, outputs)  # gone already: no error, as with the real providers


READS = [
    ("as it was made", lambda made: (made[0], made[2], made[1]), True),
    ("by id only, as in an import", lambda made: (made[0], {}, {}), True),
    ("unknown id, as in an import", lambda _: ("vpc-00000000000000000", {}, {}), False),
    ("known from a state only", lambda made: ("vpc-00000000000000000", {**made[2]}, made[1]), True),
]


@pytest.mark.parametrize(("ask", "exists"), [row[1:] for row in READS], ids=[row[0] for row in READS])
def test_reads(provider, ask, exists):
    client = provider()
    made = client.make(VPC, "it", {"cidrBlock": "10.0.0.0/16"})
    id_, state, inputs = ask(made)
    found, read_inputs, read_outputs = client.read(VPC, "it", id_, state, inputs)
    assert found == (id_ if exists else "")
    if exists:
        assert (read_inputs, read_outputs) == (made[1], made[2])


def test_a_deleted_object_is_gone_for_everyone(provider, refused):
    client = provider()
    id_, inputs, outputs = client.make(VPC, "it", {"cidrBlock": "10.0.0.0/16"})
    client.delete(VPC, "it", id_, outputs)
    assert client.read(VPC, "it", id_, outputs, inputs)[0] == ""
    with refused("does not exist"):
        client.update(VPC, "it", id_, outputs, inputs, {**inputs, "tags": {"a": "b"}})


RETRIED = [
    (VPC, {"cidrBlock": "10.0.0.0/16"}),
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "g"}),
    ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}),
]


@pytest.mark.parametrize(("type_", "inputs"), RETRIED, ids=[row[0] for row in RETRIED])
def test_a_create_whose_answer_was_lost_is_recognised(provider, type_, inputs):
    first = provider().make(type_, "it", inputs)
    client = provider()  # a new process; the engine has no trace of the first create
    assert client.make(type_, "it", inputs) == first
    assert [entry["outcome"] for entry in client.journal() if entry["rpc"] == "Create"] == ["ok", "recovered"]


def test_a_strict_session_refuses_what_a_real_account_may_refuse(provider, refused):
    provider(strict_retries=True).make("aws:cloudwatch/logGroup:LogGroup", "it", {"name": "g"})
    with refused("ResourceAlreadyExistsException"):
        provider(strict_retries=True).make("aws:cloudwatch/logGroup:LogGroup", "it", {"name": "g"})


KNOWN = [
    ("diffed", lambda client, id_, inputs, outputs: client.diff(VPC, "it", inputs, inputs, id_=id_, state=outputs)),
    ("the engine ended in order", lambda client, id_, inputs, outputs: client.servicer.settle()),
    ("read", lambda client, id_, inputs, outputs: client.read(VPC, "it", id_, outputs, inputs)),
    ("updated", lambda client, id_, inputs, outputs: client.update(VPC, "it", id_, outputs, inputs, inputs)),
]


@pytest.mark.parametrize("learn", [row[1] for row in KNOWN], ids=[row[0] for row in KNOWN])
def test_a_replacement_is_no_retry(provider, learn):
    client = provider()
    id_, inputs, outputs = client.make(VPC, "it", {"cidrBlock": "10.0.0.0/16"})
    learn(client, id_, inputs, outputs)
    assert client.create(VPC, "it", inputs)[0] != id_


def test_an_object_that_was_no_orphan_survives_its_replacement(provider):
    id_, inputs, outputs = provider().make(VPC, "it", {"cidrBlock": "10.0.0.0/16"})
    client = provider()  # the engine was killed after it had recorded the object, and now replaces it without a diff
    assert client.create(VPC, "it", inputs)[0] == id_
    client.delete(VPC, "it", id_, outputs)
    assert client.read(VPC, "it", id_, outputs, inputs)[0] == id_


def test_an_interrupted_replacement_finds_its_new_object(provider):
    client = provider()
    old, inputs, outputs = client.make(VPC, "it", {"cidrBlock": "10.0.0.0/16"})
    client.diff(VPC, "it", inputs, inputs, id_=old, state=outputs)
    changed, _ = client.check(VPC, "it", {"cidrBlock": "10.1.0.0/16"}, inputs)
    new, _ = client.create(VPC, "it", changed)
    again, _ = client.check(VPC, "it", {"cidrBlock": "10.1.0.0/16"}, inputs)  # the engine died; it knows the old one only
    client.diff(VPC, "it", inputs, again, id_=old, state=outputs)
    assert client.create(VPC, "it", again)[0] == new != old


def _make_group(directory, name):
    from pathlib import Path

    cloud = Cloud(Sdk("aws"), SandboxConfig(), Path(directory))
    made = []
    for index in range(5):
        try:
            cloud.create(
                "aws:cloudwatch/logGroup:LogGroup",
                f"urn:pulumi:dev::trial::aws:cloudwatch/logGroup:LogGroup::{name}",
                {"name": f"group-{index}"},
            )
            made.append(index)
        except RefusedError:
            continue
    return made


def test_processes_share_the_accounts(tmp_path):
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        made = list(pool.map(_make_group, [str(tmp_path)] * 3, ["a", "b", "c"]))
    assert sorted(index for group in made for index in group) == list(range(5)), "each name was given once"


STATE_INPUTS = {"cidrBlock": "10.0.0.0/16", "__defaults": []}
STATE = {
    "version": 3,
    "deployment": {
        "resources": [
            {"urn": "urn:pulumi:prod::org::pulumi:pulumi:Stack::org-prod", "type": "pulumi:pulumi:Stack"},
            {"urn": "urn:pulumi:prod::org::pulumi:providers:aws::p", "type": "pulumi:providers:aws", "id": "1", "inputs": {"region": "eu-west-1"}},
            {
                "urn": "urn:pulumi:prod::org::aws:ec2/vpc:Vpc::main", "type": VPC, "id": "vpc-0a1b2c3d4e5f60718",
                "inputs": STATE_INPUTS, "outputs": {**STATE_INPUTS, "arn": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1b2c3d4e5f60718", "region": "eu-west-1"},
                "provider": "urn:pulumi:prod::org::pulumi:providers:aws::p::1",
            },
            {
                "urn": "urn:pulumi:prod::org::aws:s3/bucket:Bucket::logs", "type": "aws:s3/bucket:Bucket", "id": "logs",
                "inputs": {"bucket": "logs"}, "outputs": {"bucket": "logs", "arn": "arn:aws:s3:::logs"},
            },
            {"urn": "urn:pulumi:prod::org::aws:old/type:Type::x", "type": "aws:old/type:Type", "id": "x", "inputs": {}, "outputs": {}},
            {"urn": "urn:pulumi:prod::org::aws:s3/bucket:Bucket::dead", "type": "aws:s3/bucket:Bucket", "id": "dead", "delete": True, "inputs": {"bucket": "dead"}},
        ],
    },
}  # fmt: skip


def test_an_exported_state_exists_in_the_accounts(provider, refused):
    client = provider()
    assert seed(client.directory, STATE) == 2
    assert seed(client.directory, STATE) == 0, "what is there already is left alone"
    client.configure(region="eu-west-1")
    assert client.read(VPC, "main", "vpc-0a1b2c3d4e5f60718")[0] == "vpc-0a1b2c3d4e5f60718"
    with refused("BucketAlreadyExists"):
        client.make("aws:s3/bucket:Bucket", "other", {"bucket": "logs"})
    assert client.invoke("aws:ec2/getVpc:getVpc", id="vpc-0a1b2c3d4e5f60718")["cidrBlock"] == "10.0.0.0/16"


def test_an_empty_state_holds_nothing(tmp_path):
    SandboxConfig().write(tmp_path)
    assert seed(tmp_path, {"version": 3, "deployment": {}}) == 0
