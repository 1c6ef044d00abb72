"""What the account shows: a table of accounts and settings, through real boto3 and HTTP."""

import json
import re
import socket
import time

import pytest

from hipaa_components.aws._endpoints import AwsEndpointUser, endpoints_for
from hipaa_components.aws.network import AwsNetworkSettings
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.doctor import _account
from hipaa_stack.doctor._account import READS
from hipaa_stack.doctor._platform import ZONES
from hipaa_stack.doctor.quotas import MOST_ENDPOINTS

ROLE = "arn:aws:iam::123456789012:role/deployer"
ADMITTED = {"cluster": {"admin_principal_arns": [ROLE]}}
NAT = {"network": {"az_count": 2, "nat_egress": {"allow_domains": ["ghcr.io"]}}}


def test_in_an_empty_account_only_what_is_missing_fails(cloud, project, doctor, monkeypatch):
    cloud.session_of(monkeypatch, "deployer")
    found, _ = doctor(project(ADMITTED))
    account = {name: outcome for name, (outcome, _, _) in found.items() if name not in LOCAL}
    assert account == {
        "caller": "pass",
        "administrators": "pass",
        "GuardDuty": "pass",
        "trail": "pass",
        "service-linked role of autoscaling": "fail",
        "service-linked role of eks": "unknown",
        "service-linked role of eks-nodegroup": "unknown",
        "service-linked role of guardduty": "unknown",
        "zones": "pass",
        "Kubernetes version": "pass",
        "log groups": "pass",
        "key aliases": "pass",
        "registry rules": "not_applicable",
        "cluster": "pass",
        "API server": "not_applicable",
        "quota: VPCs": "pass",
        "quota: interface endpoints of a VPC": "pass",
        "quota: NAT gateways of a zone": "not_applicable",
        "quota: Elastic IP addresses": "not_applicable",
        "quota: EKS clusters": "pass",
        "quota: node groups of a cluster": "pass",
        "state bucket": "not_applicable",
    }
    assert all(fix for outcome, _, fix in found.values() if outcome in {"fail", "unknown", "error"})


LOCAL = {"pulumi", "language host", "SDK pulumi-aws", "SDK pulumi-kubernetes", "AWS CLI", "kubectl", "region", "state back end"} | {
    "secrets provider"
}


def _detector(cloud):
    cloud.client("guardduty").create_detector(Enable=True)


def _trail(cloud):
    cloud.client("s3").create_bucket(Bucket="trails")
    cloud.client("cloudtrail").create_trail(Name="org", S3BucketName="trails", IsMultiRegionTrail=True)


def _group(cloud):
    cloud.client("logs").create_log_group(logGroupName="/aws/eks/clinic/cluster")
    cloud.client("logs").create_log_group(logGroupName="/aws/eks/clinic/other")


def _alias(cloud):
    kms = cloud.client("kms")
    kms.create_alias(AliasName="alias/hipaa-stack/clinic/logs", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def _autoscaling(cloud):
    cloud.client("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")


def _rules(cloud):
    cloud.rules = ["mirror/ghcr", "mirrored/ghcr"]


def _few_vpcs(cloud):
    cloud.quotas["L-F678F1CE"] = 1


def _few_addresses(cloud):
    cloud.quotas["L-0263D0A3"] = 2
    cloud.client("ec2").allocate_address(Domain="vpc")


def _few_gateways(cloud):
    cloud.quotas["L-FE5A380F"] = 1
    ec2 = cloud.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")


def _few_endpoints(cloud):
    cloud.quotas["L-29B6F2EB"] = MOST_ENDPOINTS


def _few_clusters(cloud):
    cloud.quotas["L-1194D53C"] = 0


def _few_node_groups(cloud):
    cloud.quotas["L-6D54EA21"] = 1


def _nothing(_cloud):
    pass


@pytest.mark.parametrize(
    ("account", "settings", "check", "outcome", "said"),
    [
        (_nothing, {}, "caller", "pass", "arn:aws:sts::123456789012:user/moto"),
        (_nothing, {}, "administrators", "fail", "in neither list.*cluster.admin_principal_arns or cluster.deployer_principals"),
        (_nothing, {"cluster": {"caller_not_admin": {"approver": "x"}}}, "administrators", "pass", "caller_not_admin"),
        (_nothing, {"cluster": {"admin_principal_arns": ["x", 7, "arn:x"]}}, "administrators", "fail", "in neither list"),
        (_nothing, {"cluster": 7, "network": [], "access": {"a": 1}}, "quota: VPCs", "pass", "1 of 5"),
        (_detector, {}, "GuardDuty", "fail", "Set threat_detection.existing_detector_id to [0-9a-f]{32}"),
        (_nothing, {"threat_detection": {"existing_detector_id": "a" * 32}}, "GuardDuty", "fail", "not in this account and region"),
        (_detector, {"cluster": {"without_guardduty": {"approver": "x"}}}, "GuardDuty", "not_applicable", "without_guardduty"),
        (_trail, {}, "trail", "pass", "org records all regions.*Set trail to EXISTING"),
        (_trail, {"trail": "EXISTING"}, "trail", "pass", "org records all regions"),
        (_nothing, {"trail": "EXISTING"}, "trail", "fail", "Set trail to CREATE"),
        (_autoscaling, {}, "service-linked role of autoscaling", "pass", "exists"),
        (_nothing, {}, "service-linked role of autoscaling", "fail", "aws iam create-service-linked-role --aws-service-name autoscaling"),
        (_nothing, {"network": {"az_count": 9}}, "zones", "fail", "9 are asked for.*network.az_count"),
        (_nothing, {"existing_network": {"vpc_id": "vpc-1"}}, "zones", "not_applicable", "exists"),
        (_nothing, {"cluster": {"kubernetes_version": "1.33"}}, "Kubernetes version", "fail", "extended support.*1.34, 1.35"),
        (_nothing, {"cluster": {"kubernetes_version": "1.99"}}, "Kubernetes version", "fail", "not offered"),
        (_group, {}, "log groups", "fail", "already: /aws/eks/clinic/cluster Set logs.adopt_log_groups"),
        (_group, {"logs": {"adopt_log_groups": True}}, "log groups", "not_applicable", "takes over"),
        (_group, {"cluster_name": "clin"}, "log groups", "pass", "free"),
        (_alias, {}, "key aliases", "fail", "alias/hipaa-stack/clinic/logs .*existing_keys"),
        (_alias, {"existing_keys": {"logs": "arn"}}, "key aliases", "not_applicable", "exist"),
        (_rules, {"image_mirror": {"prefix": "mirror"}}, "registry rules", "fail", "already: mirror/ghcr Set image_mirror.prefix"),
        (_rules, {"image_mirror": {"prefix": "mine"}}, "registry rules", "pass", "free"),
        (_few_vpcs, {}, "quota: VPCs", "fail", "1 of 1 are used, 1 more.*--quota-code L-F678F1CE --desired-value 2"),
        (_few_vpcs, {"existing_network": {"vpc_id": "vpc-1"}}, "quota: VPCs", "not_applicable", "needs none"),
        (_few_addresses, NAT, "quota: Elastic IP addresses", "fail", "1 of 2 are used, 2 more"),
        (_few_gateways, NAT, "quota: NAT gateways of a zone", "fail", "1 of 1 are used, 1 more"),
        (_few_endpoints, {}, "quota: interface endpoints of a VPC", "pass", "0 of 16 are used, 16 more"),
        (_few_endpoints, {"network": {"extra_endpoints": ["sqs"]}}, "quota: interface endpoints of a VPC", "fail", "17 more"),
        (_few_clusters, {}, "quota: EKS clusters", "fail", "0 of 0"),
        (_few_node_groups, {"cluster": {"node_groups": [{}, {}]}}, "quota: node groups of a cluster", "fail", "2 more"),
        (_nothing, {"layer": "BASELINE", "cloud_stack": "a/b/c"}, "cluster", "fail", "does not exist Bring up the stack a/b/c first"),
        (_nothing, {"layer": "BASELINE"}, "quota: VPCs", "not_applicable", "the cloud layer makes it"),
    ],
)
def test_every_look_names_what_to_change(cloud, project, doctor, account, settings, check, outcome, said):
    account(cloud)
    found, code = doctor(project(settings))
    assert found[check][0] == outcome, found[check]
    assert re.search(said, " ".join(found[check][1:])), found[check]
    assert code == ExitCode.FINDINGS  # the user moto is no administrator, or a role is missing


def test_a_session_of_another_role_is_told_by_the_name_of_its_role(cloud, project, doctor, monkeypatch):
    cloud.session_of(monkeypatch, "visitor")
    found, _ = doctor(project(ADMITTED))
    assert found["administrators"][0] == "fail"
    assert "the role visitor is in neither list" in found["administrators"][1]


def test_a_role_that_the_provider_assumes_is_not_the_caller(cloud, project, doctor):
    found, _ = doctor(project(ADMITTED, config={"aws:assumeRoles": [{"roleArn": ROLE}]}))
    assert found["administrators"][0] == "unknown"


def test_what_the_stack_made_itself_does_not_collide(cloud, project, doctor, tmp_path):
    _detector(cloud)
    _group(cloud)
    detector = cloud.client("guardduty").list_detectors()["DetectorIds"][0]
    resources = [{"id": detector}, {"id": "/aws/eks/clinic/cluster"}]
    (tmp_path / "state.json").write_text(json.dumps({"deployment": {"resources": resources}}))
    found, _ = doctor(project(), "--state", str(tmp_path / "state.json"))
    assert (found["GuardDuty"][0], found["log groups"][0]) == ("pass", "pass")


@pytest.mark.parametrize("reached", [True, False])
def test_an_api_server_is_asked_from_here(cloud, project, doctor, reached):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        if not reached:
            listening.close()
        cluster = {"cluster": {"version": "1.35", "endpoint": f"https://127.0.0.1:{port}"}}
        cloud.faults["/clusters/clinic"] = (200, json.dumps(cluster))
        found, _ = doctor(project())
    assert found["cluster"][0] == "pass"
    assert found["API server"][0] == ("pass" if reached else "fail")
    assert found["quota: VPCs"][:2] == ("not_applicable", "the cluster exists and has its share")


def test_an_api_server_behind_a_session_is_not_judged(cloud, project, doctor):
    cloud.faults["/clusters/clinic"] = (200, json.dumps({"cluster": {"endpoint": "https://10.0.0.1"}}))
    found, _ = doctor(project({"access": [{"ssm": {}}, {"runner": {}}]}))
    assert found["API server"][0] == "unknown"


@pytest.mark.parametrize(
    ("versions", "key", "outcome"), [(False, False, "fail"), (True, False, "fail"), (True, True, "pass"), (False, True, "fail")]
)
def test_a_bucket_of_states_keeps_versions_and_has_a_key(cloud, project, doctor, monkeypatch, versions, key, outcome):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="states")
    if versions:
        s3.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    if key:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        s3.put_bucket_encryption(Bucket="states", ServerSideEncryptionConfiguration={"Rules": [rule]})
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states?region=us-east-1")
    found, _ = doctor(project())
    assert found["state bucket"][0] == outcome


DENIED = json.dumps({"__type": "AccessDeniedException", "message": "no"})


@pytest.mark.parametrize(
    ("word", "fault", "check", "said"),
    [
        ("ListAliases", (400, DENIED), "key aliases", "the caller may not kms:ListAliases"),
        ("GetServiceQuota", (400, DENIED), "quota: VPCs", "the caller may not servicequotas:GetServiceQuota"),
        ("/detector", (403, DENIED), "GuardDuty", "the caller may not guardduty:ListDetectors"),
        ("DescribeLogGroups", (400, json.dumps({"__type": "ThrottlingException", "message": "slow"})), "log groups", "Throttling"),
        ("DescribeLogGroups", (500, "<html>\n</html>"), "log groups", "500"),
        ("ListAliases", (400, json.dumps({"__type": "ExpiredTokenException", "message": "old"})), "key aliases", "aws sso login"),
        ("ListAliases", (200, "{}"), "key aliases", "the answer has no Aliases"),
        ("ListAliases", (200, "<html>captive portal</html>"), "key aliases", "kms:ListAliases: the answer"),
        ("Action=DescribeVpcs", (200, "no XML"), "quota: VPCs", "ec2:DescribeVpcs: the answer cannot be read"),
        ("Action=GetCallerIdentity", (200, "\x00"), "caller", "sts:GetCallerIdentity: the answer cannot be read"),
        ("DescribeTrails", (200, '{"trailList": 7}'), "trail", "cloudtrail:DescribeTrails: the answer cannot be read"),
        ("/detector", ("hang", "{}"), "GuardDuty", "Read timeout"),
    ],
)
def test_what_is_no_answer_is_unknown_and_hides_nothing_else(cloud, project, doctor, monkeypatch, word, fault, check, said):
    monkeypatch.setattr(_account, "READ_SECONDS", 1)
    usual, _ = doctor(project())
    cloud.faults[word] = fault
    found, _ = doctor(project())
    assert found[check][0] == "unknown", found[check]
    assert re.search(said, " ".join(found[check][1:])), found[check]
    assert "\n" not in found[check][1]
    same_action = {name for name in found if name.startswith("quota:")} if check.startswith("quota:") else {check, "administrators"}
    assert {name: each for name, each in found.items() if name not in same_action} == {
        name: each for name, each in usual.items() if name not in same_action
    }


def test_a_cloud_that_is_silent_is_asked_no_longer_than_patience_lasts(cloud, project, doctor, monkeypatch):
    monkeypatch.setattr(_account, "READ_SECONDS", 1)
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    monkeypatch.setattr(_account, "PATIENCE_SECONDS", 2.0)
    cloud.faults["/"] = ("hang", "{}")
    started = time.monotonic()
    found, _ = doctor(project())
    assert time.monotonic() - started < 20
    assert any("not asked: AWS took more than 2 s already" in message for _, message, _ in found.values())
    assert {each[0] for name, each in found.items() if name not in LOCAL and "no image_mirror" not in each[1]} <= {
        "unknown",
        "not_applicable",
    }


@pytest.mark.parametrize("region", ["us-east-99", "no region"])
def test_a_wrong_region_is_told(no_account, project, doctor, monkeypatch, region):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    found, _ = doctor(project(config={"aws:region": region}))
    assert found["GuardDuty"][0] == "unknown"
    assert region in "".join(found["GuardDuty"][1:])


def test_no_call_is_made_that_the_policy_does_not_name(cloud, project, doctor, monkeypatch):
    """And none is named that is not made: over the looks of two platforms the calls are exactly those of READS."""
    made = set()
    call = _account.Account._call
    monkeypatch.setattr(_account.Account, "_call", lambda self, *args, **more: made.add(args[:2]) or call(self, *args, **more))
    cloud.client("s3").create_bucket(Bucket="states")
    cloud.client("s3").put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    doctor(project({"image_mirror": {"prefix": "mirror"}, **NAT}))
    assert made == set(READS)


def test_numbers_are_those_of_the_components():
    assert len(endpoints_for(AwsEndpointUser)) == MOST_ENDPOINTS
    assert AwsNetworkSettings().az_count == ZONES
