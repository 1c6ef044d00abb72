"""Outputs: what the program gave, and values of the form that the cloud gives; in a preview what is not known yet is unknown."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography import x509

from hipaa_stack.sandbox.config import KubernetesEndpoint
from hipaa_stack.sandbox.provider.wire import UNKNOWN, is_secret, secret, unwrap

CLUSTER = "aws:eks/cluster:Cluster"
ROLE_ARN = "arn:aws:iam::123456789012:role/r"
EKS = {"name": "demo", "roleArn": ROLE_ARN, "vpcConfig": {"subnetIds": ["subnet-1"], "endpointPublicAccess": False}}
GKE = {"name": "demo", "location": "us-central1", "masterAuth": {"clientCertificateConfig": {"issueClientCertificate": False}}}
GKE_ID = "projects/simulated-project/locations/us-central1/clusters/demo"
LOCAL = KubernetesEndpoint(url="https://127.0.0.1:6443", certificate_authority="Q0E=", token="t")

IDS = [
    ("aws:cloudtrail/trail:Trail", {"name": "t", "s3BucketName": "b"}, r"arn:aws:cloudtrail:us-east-1:123456789012:trail/t"),
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "/aws/eks/demo/cluster"}, r"/aws/eks/demo/cluster"),
    ("aws:ec2/flowLog:FlowLog", {"vpcId": "vpc-1", "trafficType": "ALL"}, r"fl-[0-9a-f]{17}"),
    ("aws:ec2/launchTemplate:LaunchTemplate", {}, r"lt-[0-9a-f]{17}"),
    ("aws:ec2/routeTable:RouteTable", {"vpcId": "vpc-1"}, r"rtb-[0-9a-f]{17}"),
    ("aws:ec2/securityGroup:SecurityGroup", {}, r"sg-[0-9a-f]{17}"),
    ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"}, r"subnet-[0-9a-f]{17}"),
    ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, r"vpc-[0-9a-f]{17}"),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-east-1.s3"}, r"vpce-[0-9a-f]{17}"),
    ("aws:eks/accessEntry:AccessEntry", {"clusterName": "demo", "principalArn": ROLE_ARN}, rf"demo:{ROLE_ARN}"),
    ("aws:eks/cluster:Cluster", EKS, r"demo"),
    ("aws:guardduty/detector:Detector", {}, r"[0-9a-f]{32}"),
    ("aws:iam/policy:Policy", {"name": "p", "policy": "{}", "path": "/hipaa/"}, r"arn:aws:iam::123456789012:policy/hipaa/p"),
    ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {"url": "https://issuer.example/x", "clientIdLists": ["sts"]},
     r"arn:aws:iam::123456789012:oidc-provider/issuer.example/x"),
    ("aws:kms/key:Key", {}, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    ("aws:s3/bucketVersioning:BucketVersioning", {"bucket": "b", "versioningConfiguration": {"status": "Enabled"}}, r"b"),
    ("aws:secretsmanager/secret:Secret", {"name": "s"}, r"arn:aws:secretsmanager:us-east-1:123456789012:secret:s-[0-9a-f]{6}"),
    ("aws:sns/topic:Topic", {"name": "alerts"}, r"arn:aws:sns:us-east-1:123456789012:alerts"),
    ("aws:sqs/queue:Queue", {"name": "q"}, r"https://sqs\.us-east-1\.amazonaws\.com/123456789012/q"),
    ("aws:accessanalyzer/archiveRule:ArchiveRule", {"analyzerName": "a", "filters": [], "ruleName": "r"}, r".+"),
    ("gcp:compute/network:Network", {"name": "net"}, r"projects/simulated-project/global/networks/net"),
    ("gcp:container/cluster:Cluster", GKE, GKE_ID),
    ("gcp:container/nodePool:NodePool", {"name": "p", "cluster": GKE_ID}, GKE_ID + "/nodePools/p"),
    ("gcp:kms/cryptoKey:CryptoKey", {"name": "k", "keyRing": "projects/p/locations/l/keyRings/r"}, "projects/p/locations/l/keyRings/r/cryptoKeys/k"),
    ("gcp:kms/keyRing:KeyRing", {"name": "r", "location": "us"}, "projects/simulated-project/locations/us/keyRings/r"),
    ("gcp:monitoring/alertPolicy:AlertPolicy", {"displayName": "a", "combiner": "OR", "conditions": []}, r"projects/simulated-project/alertPolicies/\d{19}"),
    ("gcp:projects/iAMMember:IAMMember", {"project": "p", "role": "roles/viewer", "member": "user:a"}, "p/roles/viewer/user:a"),
    ("gcp:storage/bucketIAMMember:BucketIAMMember", {"bucket": "b", "role": "roles/x", "member": "user:a"}, "b/b/roles/x/user:a"),
    ("gcp:serviceaccount/account:Account", {"accountId": "nodes"},
     "projects/simulated-project/serviceAccounts/nodes@simulated-project.iam.gserviceaccount.com"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "inputs", "pattern"), IDS, ids=[row[0] for row in IDS])
def test_ids_look_as_in_the_cloud(provider, type_, inputs, pattern):
    id_, *_ = provider(type_.split(":")[0]).make(type_, "it", inputs)
    assert re.fullmatch(pattern, id_), id_


OUTPUTS = [
    ("aws:kms/key:Key", {}, "arn", r"arn:aws:kms:us-east-1:123456789012:key/[0-9a-f-]{36}"),
    ("aws:kms/key:Key", {"region": "us-gov-west-1"}, "arn", r"arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/[0-9a-f-]{36}"),
    ("aws:iam/role:Role", {"name": "r", "path": "/x/", "assumeRolePolicy": "{}"}, "arn", r"arn:aws:iam::123456789012:role/x/r"),
    ("aws:iam/role:Role", {"assumeRolePolicy": "{}"}, "uniqueId", r"AROA[A-Z2-7]{17}"),
    ("aws:cloudwatch/logGroup:LogGroup", {"name": "g"}, "arn", r"arn:aws:logs:us-east-1:123456789012:log-group:g"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", {"name": "m", "comparisonOperator": "x", "evaluationPeriods": 1}, "arn",
     r"arn:aws:cloudwatch:us-east-1:123456789012:alarm:m"),
    ("aws:s3/bucket:Bucket", {"bucket": "b"}, "arn", r"arn:aws:s3:::b"),
    ("aws:s3/bucket:Bucket", {"bucketPrefix": "logs-"}, "bucket", r"logs-\d{26}"),
    ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "arn", r"arn:aws:ec2:us-east-1:123456789012:vpc/vpc-[0-9a-f]{17}"),
    ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, "enableDnsHostnames", r"False"),
    ("aws:ec2/launchTemplate:LaunchTemplate", {}, "latestVersion", r"1"),
    ("aws:eks/nodeGroup:NodeGroup",
     {"clusterName": "c", "nodeGroupNamePrefix": "p-", "nodeRoleArn": ROLE_ARN, "subnetIds": [], "scalingConfig": {"minSize": 1, "maxSize": 1, "desiredSize": 1}},
     "arn", r"arn:aws:eks:us-east-1:123456789012:nodegroup/c/p-\d{26}/[0-9a-f-]{36}"),
    (CLUSTER, EKS, "endpoint", r"https://[0-9A-F]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com"),
    (CLUSTER, EKS, "identities.0.oidcs.0.issuer", r"https://oidc\.eks\.us-east-1\.amazonaws\.com/id/[0-9A-F]{32}"),
    (CLUSTER, EKS, "vpcConfig.clusterSecurityGroupId", r"sg-[0-9a-f]{17}"),
    (CLUSTER, EKS, "vpcConfig.subnetIds.0", r"subnet-1"),
    (CLUSTER, EKS, "kubernetesNetworkConfig.serviceIpv4Cidr", r"172\.20\.0\.0/16"),
    (CLUSTER, EKS, "accessConfig.bootstrapClusterCreatorAdminPermissions", r"True"),
    (CLUSTER, EKS, "status", r"ACTIVE"),
    ("gcp:container/cluster:Cluster", GKE, "endpoint", r"10\.73\.0\.\d+"),
    ("gcp:container/cluster:Cluster", GKE, "selfLink", "https://container.googleapis.com/v1/" + GKE_ID),
    ("gcp:compute/network:Network", {"name": "n"}, "selfLink", "https://www.googleapis.com/compute/v1/projects/simulated-project/global/networks/n"),
    ("gcp:serviceaccount/account:Account", {"accountId": "n"}, "email", "n@simulated-project.iam.gserviceaccount.com"),
    ("gcp:projects/serviceIdentity:ServiceIdentity", {"service": "container.googleapis.com"}, "member",
     "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com"),
    ("gcp:storage/bucket:Bucket", {"name": "b", "location": "US"}, "url", "gs://b"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "inputs", "path", "pattern"), OUTPUTS, ids=[f"{row[0]} {row[2]}" for row in OUTPUTS])
def test_outputs_look_as_in_the_cloud(provider, type_, inputs, path, pattern):
    client = provider(type_.split(":")[0])
    *_, outputs = client.make(type_, "it", inputs)
    assert re.fullmatch(pattern, str(at(outputs, path)))
    checked, _ = client.check(type_, "other", inputs)
    _, previewed = client.create(type_, "other", checked, preview=True)
    given = at(inputs, path) is not None or path in {"region", "project"}
    assert at(previewed, path) == (at(inputs, path) if given else UNKNOWN)


def at(values, path):
    for key in path.split("."):
        if values == UNKNOWN or values is None:
            return values
        values = values[int(key)] if isinstance(values, list) else values.get(key)
    return values


@pytest.mark.parametrize(
    ("type_", "inputs", "path"),
    [(CLUSTER, EKS, "certificateAuthority.data"), ("gcp:container/cluster:Cluster", GKE, "masterAuth.clusterCaCertificate")],
)
def test_authorities_are_certificates(provider, type_, inputs, path):
    *_, outputs = provider(type_.split(":")[0]).make(type_, "it", inputs)
    certificate = x509.load_pem_x509_certificate(base64.b64decode(at(outputs, path)))
    certificate.verify_directly_issued_by(certificate)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_clusters_stand_on_the_local_kubernetes(provider):
    *_, eks = provider("aws", kubernetes=LOCAL).make(CLUSTER, "it", EKS)
    *_, gke = provider("gcp", kubernetes=LOCAL).make("gcp:container/cluster:Cluster", "it", GKE)
    assert (eks["endpoint"], eks["certificateAuthority"]) == (LOCAL.url, {"data": LOCAL.certificate_authority})
    assert (gke["endpoint"], gke["masterAuth"]["clusterCaCertificate"]) == ("127.0.0.1:6443", LOCAL.certificate_authority)


def test_the_same_object_gets_the_same_values_in_every_session(provider, tmp_path):
    sessions = [tmp_path / "a", tmp_path / "b"]
    for session in sessions:
        session.mkdir()
    made = [provider(directory=session).make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.0.0.0/16"}) for session in sessions]
    assert made[0] == made[1]


def test_a_new_incarnation_gets_a_new_id(provider):
    client = provider()
    first, _, outputs = client.make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.0.0.0/16"})
    client.delete("aws:ec2/vpc:Vpc", "it", first, outputs)
    assert client.make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.0.0.0/16"})[0] != first


def test_default_tags_and_labels_reach_every_resource(provider):
    aws = provider("aws")
    aws.configure(defaultTags='{"tags": {"owner": "team", "env": "dev"}}')
    *_, vpc = aws.make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.0.0.0/16", "tags": {"env": "prod"}})
    assert (vpc["tags"], vpc["tagsAll"]) == ({"env": "prod"}, {"owner": "team", "env": "prod"})
    gcp = provider("gcp")
    gcp.configure(defaultLabels='{"owner": "team"}')
    *_, bucket = gcp.make("gcp:storage/bucket:Bucket", "it", {"location": "US", "labels": {"a": "b"}})
    assert unwrap(bucket["effectiveLabels"]) == {"a": "b", "owner": "team"}


@pytest.mark.parametrize(
    ("config", "inputs", "arn"),
    [
        ({"region": "eu-west-1"}, {}, r"arn:aws:kms:eu-west-1:123456789012:key/"),
        ({"region": "eu-west-1"}, {"region": "eu-west-2"}, r"arn:aws:kms:eu-west-2:123456789012:key/"),
        ({"allowedAccountIds": '["111122223333"]'}, {}, r"arn:aws:kms:us-east-1:111122223333:key/"),
        ({"assumeRoles": '[{"roleArn": "arn:aws:iam::444455556666:role/x"}]', "allowedAccountIds": ["111122223333"]}, {}, r"arn:aws:kms:us-east-1:444455556666:key/"),
        ({"region": secret("eu-west-1")}, {}, r"arn:aws:kms:eu-west-1:"),
    ],
)  # fmt: skip
def test_the_configuration_says_where(provider, config, inputs, arn):
    client = provider()
    client.configure(**config)
    *_, outputs = client.make("aws:kms/key:Key", "it", inputs)
    assert outputs["arn"].startswith(arn)


def test_the_environment_says_where(provider, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "ca-central-1")
    monkeypatch.setenv("GOOGLE_PROJECT", "clinic-dev")
    assert provider("aws").make("aws:kms/key:Key", "it", {})[2]["region"] == "ca-central-1"
    assert provider("gcp").make("gcp:compute/network:Network", "it", {})[0].startswith("projects/clinic-dev/")


def test_secrets_stay_secret(provider):
    client = provider()
    inputs = {"secretId": "s", "secretString": secret("hunter2")}
    _, previewed = client.create("aws:secretsmanager/secretVersion:SecretVersion", "it", inputs, preview=True)
    id_, checked, outputs = client.make("aws:secretsmanager/secretVersion:SecretVersion", "it", inputs)
    assert previewed["secretString"] == outputs["secretString"] == secret("hunter2")
    _, _, key = client.make("aws:iam/accessKey:AccessKey", "it", {"user": "u"})
    assert is_secret(key["secret"])
    assert len(unwrap(key["secret"])) == 40
    _, _, read = client.read("aws:secretsmanager/secretVersion:SecretVersion", "it", id_, outputs, checked)
    assert read["secretString"] == secret("hunter2")
    for file in client.directory.iterdir():
        assert b"hunter2" not in file.read_bytes(), file


def test_unknowns_stay_unknown_in_a_preview(provider):
    _, outputs = provider().create(
        CLUSTER, "it", {"roleArn": UNKNOWN, "vpcConfig": {"subnetIds": [UNKNOWN]}, "tags": {"a": UNKNOWN}}, preview=True
    )
    assert (outputs["roleArn"], outputs["vpcConfig"]["subnetIds"], outputs["tagsAll"]) == (UNKNOWN, [UNKNOWN], {"a": UNKNOWN})


UPDATED = [
    ("keeps what it computed", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}}, "tagsAll", {"a": "b"}, {"a": "b"}),
    ("a template gets a version", "aws:ec2/launchTemplate:LaunchTemplate", {"name": "t"}, {"name": "t", "imageId": "ami-1"}, "latestVersion", UNKNOWN, 2),
    ("its default stays", "aws:ec2/launchTemplate:LaunchTemplate", {"name": "t"}, {"name": "t", "imageId": "ami-1"}, "defaultVersion", 1, 1),
    ("its default follows", "aws:ec2/launchTemplate:LaunchTemplate", {"name": "t"}, {"name": "t", "updateDefaultVersion": True}, "defaultVersion", UNKNOWN, 2),
    ("a removed property goes", "aws:kms/key:Key", {"customKeyStoreId": "x"}, {}, "customKeyStoreId", None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "old", "new", "name", "previewed", "updated"), [row[1:] for row in UPDATED], ids=[row[0] for row in UPDATED]
)
def test_updates(provider, type_, old, new, name, previewed, updated):
    client = provider()
    id_, inputs, state = client.make(type_, "it", old)
    assert client.update(type_, "it", id_, state, inputs, new, preview=True).get(name) == previewed
    after = client.update(type_, "it", id_, state, inputs, new)
    assert after.get(name) == updated
    assert after["arn"] == state["arn"]
    assert client.read(type_, "it", id_, after, new)[2] == after


def test_the_default_parts_of_a_network_belong_to_it(provider):
    client = provider()
    vpc, _, outputs = client.make("aws:ec2/vpc:Vpc", "it", {"cidrBlock": "10.0.0.0/16"})
    group, *_ = client.make("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "it", {"vpcId": vpc})
    table, *_ = client.make("aws:ec2/defaultRouteTable:DefaultRouteTable", "it", {"defaultRouteTableId": outputs["defaultRouteTableId"]})
    subnet, *_ = client.make("aws:ec2/subnet:Subnet", "it", {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
    *_, cluster = client.make(CLUSTER, "it", {**EKS, "vpcConfig": {"subnetIds": [subnet]}})
    assert (group, table, cluster["vpcConfig"]["vpcId"]) == (outputs["defaultSecurityGroupId"], outputs["defaultRouteTableId"], vpc)
