"""AwsBreakGlassRole: who gets in, how it is heard of, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsBreakGlassRole, AwsBreakGlassRoleArgs
from hipaa_components.aws.break_glass_role import role_trust, saml_trust, use_pattern, user_trust

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/oncall"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/people"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/directory"
COMMON = {
    "cluster_name": "clinic",
    "cluster_arn": f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/clinic",
    "topic_arn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts",
}
USERS = {**COMMON, "mode": "IAM_USER", "user_arns": [USER]}
FEDERATED = {
    **COMMON,
    "mode": "FEDERATED",
    "source_identities": ["oncall@example.com"],
    "mfa_statement": "The directory asks for a hardware key at every sign-in.",
}
SAML = {**FEDERATED, "saml_provider_arn": PROVIDER}


@pytest.mark.parametrize("args", [USERS, SAML, {**FEDERATED, "role_arns": [ROLE]}], ids=["users", "saml", "roles"])
def test_registers_exactly(register, snapshot, args):
    assert register(lambda: AwsBreakGlassRole("emergency", AwsBreakGlassRoleArgs(**args))).whole() == snapshot


def test_a_user_needs_a_fresh_second_factor_and_their_own_name():
    (statement,) = json.loads(user_trust([USER], 900))["Statement"]
    assert statement["Principal"] == {"AWS": [USER]}
    assert statement["Action"] == ["sts:AssumeRole"]
    assert statement["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "900"},
        "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
    }


@pytest.mark.parametrize(
    ("partition", "audience"),
    [
        ("aws", "https://signin.aws.amazon.com/saml"),
        ("aws-us-gov", "https://signin.amazonaws-us-gov.com/saml"),
        ("aws-cn", "https://signin.amazonaws.cn/saml"),
    ],
)
def test_a_federated_person_is_named(partition, audience):
    (statement,) = json.loads(saml_trust(PROVIDER, partition, ["b@example.com", "a@example.com"]))["Statement"]
    assert statement["Principal"] == {"Federated": PROVIDER}
    assert statement["Action"] == ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"]
    assert statement["Condition"] == {"StringEquals": {"SAML:aud": audience, "sts:SourceIdentity": ["a@example.com", "b@example.com"]}}


def test_a_person_in_another_role_is_named():
    (statement,) = json.loads(role_trust([ROLE], ["oncall"]))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:SourceIdentity": ["oncall"]}}
    assert statement["Principal"] == {"AWS": [ROLE]}


def test_the_session_is_an_hour_and_the_person_can_be_told_in_the_audit_log(register):
    registered = register(lambda: AwsBreakGlassRole("emergency", USERS))
    assert registered.one("aws:iam/role:Role").inputs["maxSessionDuration"] == 3600
    assert registered.one("aws:eks/accessEntry:AccessEntry").inputs["userName"] == "hipaa-break-glass:{{SessionName}}"
    assert registered.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").inputs["accessScope"] == {"type": "cluster"}


def test_every_use_is_heard_of(register):
    registered = register(lambda: AwsBreakGlassRole("emergency", USERS))
    rule, target = registered.one("aws:cloudwatch/eventRule:EventRule"), registered.one("aws:cloudwatch/eventTarget:EventTarget")
    assert rule.inputs["state"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert target.inputs["arn"] == COMMON["topic_arn"]
    detail = json.loads(use_pattern(ROLE))["detail"]
    assert detail["requestParameters"] == {"roleArn": [ROLE]}
    assert set(detail["eventName"]) == {"AssumeRole", "AssumeRoleWithSAML"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({**USERS, "user_arns": []}, r"user_arns: got \[\]; accepted: at least one user with mode IAM_USER"),
        ({**USERS, "user_arns": [ROLE]}, r"user_arns\[0\]: got .*role/people'; accepted: arn:<partition>:iam::<account>:user"),
        ({**USERS, "role_arns": [ROLE]}, "role_arns: got .*accepted: absent with mode IAM_USER"),
        ({**USERS, "mfa_statement": FEDERATED["mfa_statement"]}, "mfa_statement: .*absent with mode IAM_USER"),
        ({**USERS, "mfa_max_age_seconds": 3601}, "mfa_max_age_seconds: got 3601; accepted: 900 to 3600"),
        ({**USERS, "topic_arn": "alerts"}, "topic_arn: got 'alerts'; accepted: arn:<partition>:sns"),
        (FEDERATED, "saml_provider_arn: got None; accepted: saml_provider_arn or role_arns, one of them"),
        ({**SAML, "role_arns": [ROLE]}, "saml_provider_arn: got .*one of them"),
        ({**SAML, "user_arns": [USER]}, "user_arns: got .*absent with mode FEDERATED"),
        ({**SAML, "source_identities": []}, "source_identities: got .*Every use must trace to one person"),
        ({**SAML, "source_identities": ["*"]}, r"source_identities\[0\]: got '\*'"),
        ({**SAML, "mfa_statement": "yes"}, "mfa_statement: got 'yes'; accepted: at least 20 characters"),
        ({**SAML, "saml_provider_arn": "directory"}, "saml_provider_arn: got 'directory'"),
        ({**COMMON, "mode": "ROOT"}, "mode: got 'ROOT'; accepted: one of IAM_USER, FEDERATED"),
    ],
)
def test_refuses(register, args, message):
    with pytest.raises(ArgsError, match=message):
        AwsBreakGlassRoleArgs(**args)
    with pytest.raises(ArgsError, match=f"AwsBreakGlassRole 'emergency': .*{message}"):
        register(lambda: AwsBreakGlassRole("emergency", args))
    assert register.last.registrations == []
