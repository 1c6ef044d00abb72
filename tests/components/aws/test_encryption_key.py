"""AwsEncryptionKey: what it registers, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse
from hipaa_components.aws.encryption_key import key_policy

MIXED = {
    "how_still_met": "The data is synthetic and made anew every night.",
    "approver": "Security officer",
    "assessment": "The data is synthetic: there is nothing to lose.",
    "alternative_measure": "The generator of the data is kept under version control.",
}
ALL_USES = {
    "uses": list(AwsKeyUse),
    "alias": "clinic/platform",
    "log_group_names": ["/aws/eks/clinic/cluster", "/hipaa-stack/clinic/flow"],
    "create_autoscaling_role": True,
    "tags": {"team": "platform"},
}


def test_registers_exactly(register, snapshot):
    assert register(lambda: AwsEncryptionKey("key", AwsEncryptionKeyArgs(**ALL_USES))).whole() == snapshot


def test_an_existing_key_registers_nothing_but_the_component(register):
    arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    registered = register(lambda: AwsEncryptionKey("key", {"uses": ["EBS"], "alias": "a", "existing_key_arn": arn}))
    assert [item.type for item in registered.registrations] == ["hipaa:index:AwsEncryptionKey"]


def test_the_key_is_protected_and_retained(register):
    key = register(lambda: AwsEncryptionKey("key", {"uses": ["EBS"], "alias": "a"})).one("aws:kms/key:Key")
    assert key.options["protect"] is True
    assert key.options["retainOnDelete"] is True
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["deletionWindowInDays"] == 30


def test_an_ephemeral_key_can_be_destroyed(register):
    args = {
        "uses": ["EBS"],
        "alias": "a",
        "deletion_window_days": 7,
        "ephemeral": {"how_still_met": "The data is synthetic and made anew every night.", "approver": "CISO"},
    }
    key = register(lambda: AwsEncryptionKey("key", args)).one("aws:kms/key:Key")
    assert "protect" not in key.options
    assert "retainOnDelete" not in key.options
    assert key.inputs["tags"] == {"hipaa-stack:exceptions": "ephemeral"}


@pytest.mark.parametrize(
    ("use", "sids"),
    [
        ("EKS_SECRETS", []),
        ("S3", []),
        ("CLOUDWATCH_LOGS", ["CloudWatchLogs"]),
        ("EBS", ["AutoScalingUse", "AutoScalingGrant"]),
        ("SNS", ["AlertPublishers"]),
        ("CLOUDTRAIL", ["CloudTrail"]),
    ],
)
def test_the_policy_admits_only_what_is_used(use, sids):
    statements = json.loads(key_policy([AwsKeyUse(use)], "123456789012", "us-east-1", "aws", log_group_names=["/a"]))["Statement"]
    assert [statement["Sid"] for statement in statements] == ["AccountAdministration", *sids]


@pytest.mark.parametrize("statement", json.loads(key_policy(list(AwsKeyUse), "1", "r", "aws-us-gov", log_group_names=["/a"]))["Statement"])
def test_services_are_limited_and_partitions_kept(statement):
    assert statement["Sid"] in {"AccountAdministration", "AutoScalingUse"} or statement["Condition"]
    assert "arn:aws:" not in json.dumps(statement)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"uses": []}, r"uses: got \[\]; accepted: at least one"),
        ({"uses": ["EBS", "EBS"]}, "uses: got 'EBS'; accepted: each value once"),
        ({"uses": ["RDS"]}, r"uses\[0\]: got 'RDS'; accepted: one of EKS_SECRETS"),
        ({"alias": "aws/ebs"}, "alias: got 'aws/ebs'; accepted: 1 to 240"),
        ({"alias": "alias/x"}, "without alias/"),
        ({"existing_key_arn": "alias/x"}, "EBS and EKS store the full key ARN"),
        ({"rotation_days": 30}, "rotation_days: got 30; accepted: 90 to 2560"),
        ({"deletion_window_days": 7}, "justify a shorter window in short_deletion_window"),
        ({"deletion_window_days": 6, "short_deletion_window": MIXED}, "deletion_window_days: got 6"),
        ({"short_deletion_window": {**MIXED, "how_still_met": "todo"}}, "short_deletion_window.how_still_met: got 'todo'"),
        ({"short_deletion_window": {**MIXED, "approver": "TBD"}}, "short_deletion_window.approver: got 'TBD'"),
        ({"log_group_names": ["/a"]}, "Add CLOUDWATCH_LOGS to uses"),
        ({"uses": ["CLOUDWATCH_LOGS"]}, "Name the log groups"),
        ({"uses": ["S3"], "create_autoscaling_role": True}, "Add EBS to uses"),
        ({"alais": "x"}, "alais: unknown argument.*Did you mean alias"),
        ({"uses": None}, "uses: got None; accepted: a list"),
    ],
)
def test_refuses(register, change, message):
    args = {"uses": ["EBS"], "alias": "clinic", **change}
    with pytest.raises(ArgsError, match=message):
        AwsEncryptionKeyArgs(**args)
    registered = None
    with pytest.raises(ArgsError, match=f"AwsEncryptionKey 'key': .*{message}"):
        registered = register(lambda: AwsEncryptionKey("key", args))
    assert registered is None


def test_all_problems_are_reported_at_once_one_line_each():
    with pytest.raises(ArgsError) as error:
        AwsEncryptionKeyArgs(uses=[], alias=3, rotation_days=1, zone=1)
    assert [line.split(": ")[1] for line in str(error.value).splitlines()] == ["uses", "alias", "rotation_days", "zone"]
