"""What an account shows, by real calls of boto3 to a server that answers as AWS does."""

import json
import re
import socket
import threading
from pathlib import Path

import pytest

from hipaa_stack.doctor import _account

from .conftest import ADMIN, REGION, SETTINGS

SESSION = "arn:aws:sts::123456789012:assumed-role/platform-admin/me"


@pytest.fixture
def as_admin(account, monkeypatch):
    """Calls in the role of an administrator."""
    client = account("iam")
    client.create_role(RoleName="platform-admin", AssumeRolePolicyDocument="{}")
    taken = account("sts").assume_role(RoleArn=ADMIN, RoleSessionName="me")["Credentials"]
    for name, key in (
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
    ):
        monkeypatch.setenv(name, taken[key])
    return account


def outcomes(found, *names):
    return {name: found[name]["outcome"] for name in names}


def test_an_empty_account_lacks_one_role_and_nothing_else(as_admin, project, doctor):
    _, found = doctor(project())
    named = ("caller", "administrators", "GuardDuty", "trail", "zones", "log groups", "key aliases", "cluster", "quota: VPCs")
    assert outcomes(found, *named) == dict.fromkeys(named, "pass")
    assert found["caller"]["message"] == SESSION
    assert found["service-linked role"]["outcome"] == "fail"
    assert found["service-linked role"]["fix"] == "aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com"
    as_admin("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    assert doctor(project())[1]["service-linked role"]["outcome"] == "pass"


@pytest.mark.parametrize(
    ("cluster", "outcome"),
    [
        ({"admin_principal_arns": [ADMIN]}, "pass"),
        ({"admin_principal_arns": [ADMIN.replace("role/", "role/people/")]}, "pass"),  # a session does not say the path
        ({"admin_principal_arns": ["arn:aws:iam::123456789012:role/other"], "deployer_principals": [ADMIN]}, "pass"),
        ({"admin_principal_arns": ["arn:aws:iam::123456789012:role/other"]}, "fail"),
        ({"admin_principal_arns": ["arn:aws:iam::210987654321:role/platform-admin"]}, "fail"),
        ({"admin_principal_arns": ["arn:aws:iam::123456789012:role/other"], "caller_not_admin": {"approver": "me"}}, "pass"),
    ],
)
def test_who_deploys_is_among_the_administrators(as_admin, project, doctor, cluster, outcome):
    _, found = doctor(project(SETTINGS | {"cluster": cluster}))
    assert found["administrators"]["outcome"] == outcome
    assert ("cluster.admin_principal_arns" in found["administrators"]["fix"]) == (outcome == "fail")


def test_a_user_is_no_role(account, project, doctor):
    assert doctor(project())[1]["administrators"]["outcome"] == "fail"


def test_the_one_detector_of_the_account_is_named(account, project, doctor, tmp_path):
    detector = account("guardduty").create_detector(Enable=True)["DetectorId"]
    found = doctor(project())[1]["GuardDuty"]
    assert (found["outcome"], f"threat_detection.existing_detector_id to {detector}." in found["fix"]) == ("fail", True)
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"deployment": {"resources": [{"id": detector}]}}))
    assert doctor(project(), "--state", str(state))[1]["GuardDuty"]["outcome"] == "pass"
    assert doctor(project(SETTINGS | {"threat_detection": {"existing_detector_id": detector}}))[1]["GuardDuty"]["outcome"] == "pass"
    assert doctor(project(SETTINGS | {"threat_detection": {"existing_detector_id": "0" * 32}}))[1]["GuardDuty"]["outcome"] == "fail"
    without = SETTINGS["cluster"] | {"without_guardduty": {"approver": "me"}}
    assert doctor(project(SETTINGS | {"cluster": without}))[1]["GuardDuty"]["outcome"] == "not_applicable"


def test_a_trail_is_made_once(account, project, doctor):
    assert doctor(project(SETTINGS | {"trail": "EXISTING"}))[1]["trail"]["outcome"] == "fail"
    account("s3").create_bucket(Bucket="trail")
    account("cloudtrail").create_trail(Name="organisation", S3BucketName="trail", IsMultiRegionTrail=True)
    assert doctor(project(SETTINGS | {"trail": "EXISTING"}))[1]["trail"]["outcome"] == "pass"
    twice = doctor(project())[1]["trail"]
    assert (twice["outcome"], twice["fix"].startswith("Set trail to EXISTING")) == ("pass", True)


def test_names_that_are_taken_are_told_with_the_setting(account, project, doctor, tmp_path):
    group = "/aws/eks/clinic/cluster"
    account("logs").create_log_group(logGroupName=group)
    account("logs").create_log_group(logGroupName="/aws/eks/clinic/other")
    key = account("kms").create_key()["KeyMetadata"]["KeyId"]
    account("kms").create_alias(AliasName="alias/hipaa-stack/clinic/logs", TargetKeyId=key)
    _, found = doctor(project())
    assert (found["log groups"]["outcome"], found["log groups"]["message"]) == ("fail", f"exist already: {group}")
    assert found["log groups"]["fix"].startswith("Set logs.adopt_log_groups")
    assert (found["key aliases"]["outcome"], "existing_keys" in found["key aliases"]["fix"]) == ("fail", True)
    given = SETTINGS | {"logs": {"adopt_log_groups": True}, "existing_keys": {"logs": "arn"}}
    assert outcomes(doctor(project(given))[1], "log groups", "key aliases") == {
        "log groups": "not_applicable",
        "key aliases": "not_applicable",
    }
    state = tmp_path / "state.json"
    own = [{"id": group}, {"id": "alias/hipaa-stack/clinic/logs"}]
    state.write_text(json.dumps({"deployment": {"resources": own}}))
    assert outcomes(doctor(project(), "--state", str(state))[1], "log groups", "key aliases") == {
        "log groups": "pass",
        "key aliases": "pass",
    }


def test_zones_are_enough(account, project, doctor):
    assert doctor(project(SETTINGS | {"network": {"az_count": 60}}))[1]["zones"]["outcome"] == "fail"
    assert doctor(project(SETTINGS | {"existing_network": {"vpc_id": "vpc-1"}}))[1]["zones"]["outcome"] == "not_applicable"


def test_room_is_counted(account, project, doctor):
    client = account("ec2")
    for _ in range(5):
        client.create_vpc(CidrBlock="10.0.0.0/16")
    found = doctor(project())[1]["quota: VPCs"]
    used, limit = map(int, re.findall(r"\d+", found["message"])[:2])
    assert (found["outcome"], used + 1 > limit) == ("fail", True)
    assert "--service-code vpc --quota-code L-F678F1CE --desired-value" in found["fix"]
    assert doctor(project(SETTINGS | {"existing_network": {"vpc_id": "vpc-1"}}))[1]["quota: VPCs"]["message"].endswith("0 more are needed")


def test_a_baseline_needs_its_cluster_and_a_way_to_it(account, project, doctor):
    baseline = {"layer": "BASELINE", "cluster_name": "clinic", "cloud_stack": "organization/hipaa-platform/cloud"}
    _, found = doctor(project(baseline))
    assert found["cluster"]["fix"] == "Bring up the stack organization/hipaa-platform/cloud first."
    assert outcomes(found, "GuardDuty", "zones", "quotas", "administrators") == dict.fromkeys(
        ("GuardDuty", "zones", "quotas", "administrators"), "not_applicable"
    )
    account("eks").create_cluster(name="clinic", version="1.35", roleArn=ADMIN, resourcesVpcConfig={})
    _, found = doctor(project(baseline))
    assert (found["cluster"]["outcome"], found["API server"]["outcome"]) == ("pass", "fail")
    assert "access_instructions" in found["API server"]["fix"]


def test_an_api_server_that_answers_is_seen(account, project, doctor, monkeypatch):
    account("eks").create_cluster(name="clinic", version="1.35", roleArn=ADMIN, resourcesVpcConfig={})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        whole = _account.Account.call

        def here(self, service, operation, /, *args, **arguments):
            answer = whole(self, service, operation, *args, **arguments)
            return {**answer, "endpoint": f"https://127.0.0.1:{port}"} if operation == "describe_cluster" else answer

        monkeypatch.setattr(_account.Account, "call", here)
        assert doctor(project(SETTINGS | {"layer": "BASELINE"}))[1]["API server"]["outcome"] == "pass"
        assert doctor(project(SETTINGS | {"layer": "CLOUD"}))[1]["API server"]["outcome"] == "not_applicable"


def test_a_bucket_of_states_keeps_versions_and_has_a_key(account, project, doctor):
    client = account("s3")
    client.create_bucket(Bucket="states")
    layout = {"backend": {"url": f"s3://states?region={REGION}"}}
    assert doctor(project(layout=layout))[1]["state bucket"]["message"].startswith("states keeps no versions")
    client.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    assert doctor(project(layout=layout))[1]["state bucket"]["outcome"] == "fail"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    client.put_bucket_encryption(Bucket="states", ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert doctor(project(layout=layout))[1]["state bucket"]["outcome"] == "pass"


# Answers that are none -----------------------------------------------------------------------------------------------

CLOUD = {"caller", "GuardDuty", "trail", "service-linked role", "zones", "names", "cluster", "quotas"}
DENIED = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, DENIED), (500, b""), (503, b"<x"), (200, b""), (200, b"<html>a proxy</html>"), (200, b"{"), (429, b"{}"), (404, b"<a/>")],
)
def test_an_answer_that_is_none_is_unknown_never_a_pass(signed_in, answering, project, doctor, monkeypatch, status, body):
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    signed_in(answering(status, body))
    code, found = doctor(project(secretsprovider="awskms://alias/pulumi"))
    judged = {name: finding["outcome"] for name, finding in found.items() if name in CLOUD}
    assert set(judged.values()) <= {"unknown"}, {name: found[name] for name in judged}
    assert "error" not in {finding["outcome"] for finding in found.values()}
    assert code in (0, 1)


def test_a_right_that_is_missing_is_named(signed_in, answering, project, doctor):
    signed_in(answering(403, DENIED))
    assert doctor(project())[1]["caller"]["message"] == "the caller may not sts:GetCallerIdentity"


def test_a_server_that_hangs_is_left_in_time(signed_in, answering, project, doctor, monkeypatch):
    for name in ("ATTEMPTS", "READ_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(_account, name, 1)
    end = threading.Event()
    try:
        signed_in(answering(200, b"{}", wait=end))
        _, found = doctor(project())
    finally:
        end.set()
    assert found["caller"]["outcome"] == "unknown"
    assert "sts:GetCallerIdentity: Read timeout" in found["caller"]["message"]


def test_nobody_listens(signed_in, project, doctor, monkeypatch):
    monkeypatch.setattr(_account, "ATTEMPTS", 1)
    signed_in("http://127.0.0.1:9")
    assert doctor(project())[1]["caller"]["outcome"] == "unknown"


# Rights ---------------------------------------------------------------------------------------------------------------


def test_the_page_names_exactly_the_rights_that_are_used(as_admin, project, doctor, monkeypatch):
    used = set()
    whole = _account.Account.call

    def counted(self, service, operation, /, *args, **arguments):
        used.add(_account.action(service, operation))
        return whole(self, service, operation, *args, **arguments)

    monkeypatch.setattr(_account.Account, "call", counted)
    as_admin("s3").create_bucket(Bucket="states")
    as_admin("s3").put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    doctor(project(layout={"backend": {"url": "s3://states"}}))
    used.add(_account.action("service-quotas", "get_aws_default_service_quota"))  # where an account has no value of its own
    page = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text()
    policy = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    (statement,) = policy["Statement"]
    assert sorted(statement["Action"]) == sorted(used)
