"""What the account shows: a table of accounts and settings, through real boto3 and HTTP."""

import json
import re
import time

import pytest

from hipaa_components.aws import _subnets, private_access
from hipaa_components.aws._endpoints import AwsEndpointUser, endpoints_for
from hipaa_components.aws._log_archive import AwsTrailMode
from hipaa_components.aws.network import AwsNetworkSettings
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.doctor import _account, aws
from hipaa_stack.doctor._account import READS
from hipaa_stack.doctor._platform import WAYS, ZONES
from hipaa_stack.doctor.quotas import MOST_ENDPOINTS
from hipaa_stack.doctor.trail import MODES

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


LOCAL = {
    "pulumi",
    "language host",
    "SDK pulumi-aws",
    "SDK pulumi-kubernetes",
    "AWS CLI",
    "kubectl",
    "settings",
    "region",
    "state back end",
} | {"secrets provider"}


def _group(cloud):
    cloud.client("logs").create_log_group(logGroupName="/aws/eks/clinic/cluster")
    cloud.client("logs").create_log_group(logGroupName="/aws/eks/clinic/other")


def _namesake(cloud):
    cloud.client("iam").create_role(RoleName="AWSServiceRoleForAutoScaling", AssumeRolePolicyDocument="{}")


def _groups(cloud):
    for name in ("/aws/eks/clinic/cluster", *(f"/hipaa-stack/clinic/{part}" for part in ("vpc-flow", "trail", "audit-delivery"))):
        cloud.client("logs").create_log_group(logGroupName=name)


def _trail_group(cloud):
    cloud.client("logs").create_log_group(logGroupName="/hipaa-stack/clinic/trail")


def _access_group(cloud):
    cloud.client("logs").create_log_group(logGroupName="/hipaa-stack/clinic/access")


def _alias(cloud):
    kms = cloud.client("kms")
    kms.create_alias(AliasName="alias/hipaa-stack/clinic/logs", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])


def _autoscaling(cloud):
    cloud.client("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")


def _rules(cloud):
    cloud.rules = ["mirror/ghcr", "mirrored/ghcr"]


def _template(cloud):
    cloud.templates = ["mirror"]


def _old_cluster(cloud):
    cloud.cluster(version="1.32")


def _new_cluster(cloud):
    cloud.cluster(version="1.36")


def _zone_without_eks(cloud):
    zone = "<item><zoneName>us-east-1{}</zoneName><zoneId>use1-az{}</zoneId></item>"
    zones = "".join(zone.format(letter, number) for number, letter in enumerate("abc", start=1))
    answer = f"<DescribeAvailabilityZonesResponse><availabilityZoneInfo>{zones}</availabilityZoneInfo></DescribeAvailabilityZonesResponse>"
    cloud.faults["Action=DescribeAvailabilityZones"] = (200, answer)


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


def _gateways(cloud, zones):
    cloud.quotas["L-FE5A380F"] = 2
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    for number, zone in enumerate(zones):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
        ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")


def _gateways_of_one_zone(cloud):
    """AWS tells the subnet of a gateway, not its zone."""
    _gateways(cloud, "aa")


def _gateways_of_two_zones(cloud):
    _gateways(cloud, "ab")


def _gateway_of_the_region(cloud):
    """It stands in every zone, and in no subnet."""
    cloud.quotas["L-FE5A380F"] = 2
    ec2 = cloud.client("ec2")
    (subnet, *_) = ec2.describe_subnets()["Subnets"]
    items = f"<item><natGatewayId>nat-1</natGatewayId><subnetId>{subnet['SubnetId']}</subnetId></item><item><natGatewayId>nat-2</natGatewayId></item>"
    answer = f"<DescribeNatGatewaysResponse><natGatewaySet>{items}</natGatewaySet></DescribeNatGatewaysResponse>"
    cloud.faults["Action=DescribeNatGateways"] = (200, answer)


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
        (_nothing, {"cluster": 7, "network": [], "access": {"a": 1}}, "quota: VPCs", "pass", "1 of 5"),
        (_autoscaling, {}, "service-linked role of autoscaling", "pass", "exists"),
        (_namesake, {}, "service-linked role of autoscaling", "fail", "does not exist"),
        (_nothing, {}, "service-linked role of autoscaling", "fail", "aws iam create-service-linked-role --aws-service-name autoscaling"),
        (_nothing, {"network": {"az_count": 9}}, "zones", "fail", "9 are asked for.*network.az_count"),
        (_nothing, {"network": {"az_count": 1}}, "zones", "fail", "1 are asked for.*network.az_count"),
        (_nothing, {"network": {"az_count": "9"}}, "zones", "fail", "9 are asked for"),
        (_zone_without_eks, {}, "zones", "fail", "2 are available, 3 are asked for"),
        (_zone_without_eks, {"network": {"az_count": 2}}, "zones", "pass", "2 are available"),
        (_nothing, {"network": {"zone_names": ["us-east-1a", "us-east-1z"]}}, "zones", "fail", "has us-east-1z; EKS can use us-east-1a"),
        (_nothing, {"existing_network": {"vpc_id": "vpc-1"}}, "zones", "not_applicable", "exists"),
        (_nothing, {"cluster": {"kubernetes_version": "1.33"}}, "Kubernetes version", "fail", "extended support.*1.34, 1.35"),
        (_nothing, {"cluster": {"kubernetes_version": "1.99"}}, "Kubernetes version", "fail", "not offered"),
        (_group, {}, "log groups", "fail", "already: /aws/eks/clinic/cluster Set logs.adopt_log_groups"),
        (_group, {"logs": {"adopt_log_groups": True}}, "log groups", "fail", "clinic/audit-delivery, .*clinic/vpc-flow do not exist"),
        (_groups, {"logs": {"adopt_log_groups": True}}, "log groups", "pass", "takes over"),
        (_groups, {}, "log groups", "fail", "takes over all of them. If"),
        (
            _group,
            {},
            "log groups",
            "fail",
            "takes over all of them, and make those that are missing first: /hipaa-stack/clinic/audit-delivery",
        ),
        (_trail_group, {}, "log groups", "fail", "already: /hipaa-stack/clinic/trail "),
        (_trail_group, {"trail": "EXISTING"}, "log groups", "pass", "free"),
        (_access_group, {}, "log groups", "pass", "free"),
        (_access_group, {"access": [{"ssm": {}}]}, "log groups", "fail", "already: /hipaa-stack/clinic/access "),
        (_group, {"cluster_name": "clin"}, "log groups", "pass", "free"),
        (_old_cluster, {}, "Kubernetes version", "fail", "cluster has 1.32: EKS upgrades one minor.*kubernetes_version to 1.33"),
        (_new_cluster, {}, "Kubernetes version", "fail", "cluster has 1.36: EKS takes no version back.*to 1.36"),
        (_alias, {}, "key aliases", "fail", "alias/hipaa-stack/clinic/logs .*existing_keys"),
        (_alias, {"existing_keys": {"logs": "arn"}}, "key aliases", "not_applicable", "existing_keys"),
        (_rules, {"image_mirror": {"prefix": "mirror"}}, "registry rules", "fail", "already: mirror/ghcr Set image_mirror.prefix"),
        (_rules, {"image_mirror": {"prefix": "mine"}}, "registry rules", "pass", "free"),
        (_template, {"image_mirror": {"prefix": "mirror"}}, "registry rules", "fail", "already: mirror "),
        (_few_vpcs, {}, "quota: VPCs", "fail", "1 of 1 are used, 1 more.*--quota-code L-F678F1CE --desired-value 2"),
        (_few_vpcs, {"existing_network": {"vpc_id": "vpc-1"}}, "quota: VPCs", "not_applicable", "needs none"),
        (_few_addresses, NAT, "quota: Elastic IP addresses", "fail", "1 of 2 are used, 2 more"),
        (_gateways_of_one_zone, NAT, "quota: NAT gateways of a zone", "fail", "2 of 2 are used, 1 more"),
        (_gateways_of_two_zones, NAT, "quota: NAT gateways of a zone", "pass", "1 of 2 are used, 1 more"),
        (_gateway_of_the_region, NAT, "quota: NAT gateways of a zone", "fail", "2 of 2 are used, 1 more"),
        (_few_gateways, NAT, "quota: NAT gateways of a zone", "fail", "1 of 1 are used, 1 more"),
        (_few_endpoints, {}, "quota: interface endpoints of a VPC", "pass", "0 of 16 are used, 16 more"),
        (_few_endpoints, {"network": {"extra_endpoints": ["sqs"]}}, "quota: interface endpoints of a VPC", "fail", "17 more"),
        (_few_clusters, {}, "quota: EKS clusters", "fail", "0 of 0"),
        (_few_node_groups, {"cluster": {"node_groups": [{}, {}]}}, "quota: node groups of a cluster", "fail", "2 more"),
        (_nothing, {"layer": "BASELINE", "cloud_stack": "a/b/c"}, "cluster", "fail", "does not exist Bring up the stack a/b/c first"),
        (_nothing, {"layer": "BASELINE"}, "quota: VPCs", "not_applicable", "the cloud layer makes it"),
    ],
)
def test_every_look_names_what_to_change(cloud, project, doctor, only, programs, account, settings, check, outcome, said):
    programs()
    account(cloud)
    only(check)
    found, code = doctor(project(settings))
    assert found[check][0] == outcome, found[check]
    assert re.search(said, " ".join(found[check][1:])), found[check]
    assert code == ExitCode.FINDINGS  # there is no Pulumi, at least


def test_what_the_stack_made_itself_does_not_collide(cloud, project, doctor, only, exported):
    _group(cloud)
    only("log groups")
    found, _ = doctor(project(), *exported(group="/aws/eks/clinic/cluster"))
    assert found["log groups"][0] == "pass"


def test_what_another_type_has_for_its_name_is_not_what_the_stack_made(cloud, project, doctor, only, exported):
    _group(cloud)
    only("log groups")
    found, _ = doctor(project(), *exported(trail="/aws/eks/clinic/cluster"))
    assert found["log groups"][0] == "fail"


@pytest.fixture(scope="module")
def usual():
    """What is found in an empty account, once it was looked at."""
    return {}


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
        ("DescribeLogGroups", (200, '{"logGroups": [{"arn": "x"}]}'), "log groups", "an item without logGroupName"),
        ("DescribeLogGroups", (200, '{"logGroups": [7]}'), "log groups", "logs:DescribeLogGroups: the answer"),
        ("GetServiceQuota", (200, '{"Quota": {}}'), "quota: VPCs", "the answer has no Value"),
        ("GetServiceQuota", (200, '{"Quota": {"Value": "Infinity"}}'), "quota: VPCs", "servicequotas:GetServiceQuota: the answer"),
        ("/cluster-versions", (200, '{"clusterVersions": [{}]}'), "Kubernetes version", "an item without clusterVersion"),
        ("/detector", ("hang", "{}"), "GuardDuty", "Read timeout"),
    ],
)
def test_what_is_no_answer_is_unknown_and_hides_nothing_else(cloud, project, doctor, monkeypatch, usual, word, fault, check, said):
    monkeypatch.setattr(_account, "READ_SECONDS", 3 if fault[0] == "hang" else 15)
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    if not usual:
        usual.update(doctor(project())[0])
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
    monkeypatch.setattr(_account, "READ_SECONDS", 0.3)
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    monkeypatch.setattr(_account, "PATIENCE_SECONDS", 0.5)
    cloud.faults["/"] = ("hang", "{}")
    started = time.monotonic()
    found, _ = doctor(project())
    assert time.monotonic() - started < 20
    assert any("not asked: AWS took more than 0 s already" in message for _, message, _ in found.values())
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
    """And none is named that is not made: over a platform with everything the calls are exactly those of READS."""
    made = set()
    call = _account.Account._call
    monkeypatch.setattr(_account.Account, "_call", lambda self, *args, **more: made.add(args[:2]) or call(self, *args, **more))
    cloud.states(cloud.client("kms").create_key()["KeyMetadata"]["KeyId"])
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    cloud.client("cloudtrail").create_trail(Name="org", S3BucketName="states", IsMultiRegionTrail=True)
    detector = cloud.client("guardduty").create_detector(Enable=True)["DetectorId"]
    _gateways(cloud, "a")
    cloud.session_of(monkeypatch, "deployer")
    settings = {"image_mirror": {"prefix": "mirror"}, "threat_detection": {"existing_detector_id": detector}, "trail": "EXISTING"}
    doctor(project({**settings, **ADMITTED, **NAT}))
    assert made == set(READS)


def test_numbers_are_those_of_the_components():
    assert len(endpoints_for(AwsEndpointUser)) == MOST_ENDPOINTS
    assert AwsNetworkSettings().az_count == ZONES
    assert (_subnets.MOST_ZONES, _subnets.ZONES_WITHOUT_EKS) == (aws.MOST_ZONES, aws.ZONES_WITHOUT_EKS)
    assert tuple(AwsTrailMode) == MODES
    assert private_access.WAYS == WAYS
