"""AwsSecret: what it registers, whom it admits, and what it refuses."""

import json

import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsSecret, AwsSecretArgs
from hipaa_components.aws.secret import reader_policy

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/hipaa-stack/clinic"
ROTATOR = f"arn:aws:iam::{ACCOUNT}:role/rotator"
ELSEWHERE = {"owner": "Database service", "days": 30}
ROTATION = {"lambda_arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rotate", "role_arn": ROTATOR}
UNROTATED = {
    "assessment": "The partner accepts one key per year and has no interface for more.",
    "alternative_measure": "The key works from the addresses of our firewall only.",
}
MINIMAL = {
    "secret_name": "clinic/database",
    "key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    "reader_role_arns": [ROLE],
}


def test_registers_exactly(register, snapshot):
    args = AwsSecretArgs(**MINIMAL, rotation=ROTATION, tags={"team": "clinic"})
    assert register(lambda: AwsSecret("database", args)).whole() == snapshot


def test_the_value_is_nowhere(register):
    registered = register(lambda: AwsSecret("database", {**MINIMAL, "rotated_by": ELSEWHERE}))
    assert registered.of_type("aws:secretsmanager/secretVersion:SecretVersion") == []
    assert {item.type for item in registered.registrations} == {
        "hipaa:index:AwsSecret",
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
    }


def test_the_secret_is_protected_retained_and_recoverable(register):
    secret = register(lambda: AwsSecret("database", {**MINIMAL, "rotated_by": ELSEWHERE})).one("aws:secretsmanager/secret:Secret")
    assert (secret.options["protect"], secret.options["retainOnDelete"]) == (True, True)
    assert secret.inputs["recoveryWindowInDays"] == 30
    assert secret.inputs["kmsKeyId"] == MINIMAL["key_arn"]
    assert secret.inputs["tags"] == {"hipaa-stack:rotated-by": "Database service every 30 days"}


def test_an_ephemeral_secret_leaves_nothing(register):
    ephemeral = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "CISO"}
    registered = register(lambda: AwsSecret("database", {**MINIMAL, "rotated_by": ELSEWHERE, "ephemeral": ephemeral}))
    secret = registered.one("aws:secretsmanager/secret:Secret")
    assert secret.inputs["recoveryWindowInDays"] == 0
    assert not {"protect", "retainOnDelete"} & set(secret.options)


def test_rotation_waits_for_the_policy_and_for_its_day(register):
    rotation = register(lambda: AwsSecret("database", {**MINIMAL, "rotation": ROTATION})).one(
        "aws:secretsmanager/secretRotation:SecretRotation"
    )
    assert rotation.inputs["rotateImmediately"] is False
    assert rotation.inputs["rotationRules"] == {"automaticallyAfterDays": 90, "duration": "2h"}
    assert "database-policy" in rotation.options["dependsOn"]


def test_a_secret_without_rotation_says_so(register):
    registered = register(lambda: AwsSecret("database", {**MINIMAL, "without_rotation": UNROTATED}))
    assert registered.one("aws:secretsmanager/secret:Secret").inputs["tags"] == {"hipaa-stack:exceptions": "without_rotation"}


def test_only_readers_and_the_rotator_are_admitted(register):
    registered = register(lambda: AwsSecret("database", {**MINIMAL, "rotation": ROTATION}))
    policy = registered.one("aws:secretsmanager/secretPolicy:SecretPolicy")
    assert policy.inputs["blockPublicPolicy"] is True
    readers, tls = json.loads(policy.inputs["policy"])["Statement"]
    assert readers["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, ROTATOR]}}
    assert (readers["Effect"], readers["Principal"], readers["Action"]) == ("Deny", "*", "secretsmanager:GetSecretValue")
    assert (tls["Effect"], tls["Action"], tls["Condition"]) == ("Deny", "secretsmanager:*", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_order_of_the_readers_changes_nothing():
    assert reader_policy([ROTATOR, ROLE]) == reader_policy([ROLE, ROTATOR])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rotated_by": None}, "rotation: got None; accepted: exactly one of rotation, rotated_by and without_rotation"),
        ({"rotation": ROTATION}, "rotation: got 'rotation and rotated_by'; accepted: exactly one"),
        ({"secret_name": "clinic/db-abc123"}, "secret_name: got 'clinic/db-abc123'; accepted: 1 to 512 letters.*appends such an ending"),
        ({"secret_name": "clinic db"}, "secret_name: got 'clinic db'"),
        ({"key_arn": "alias/clinic"}, "key_arn: got 'alias/clinic'; accepted: arn:<partition>:kms"),
        ({"reader_role_arns": []}, "reader_role_arns: got .*accepted: at least one. A secret that nobody may read"),
        ({"reader_role_arns": ["*"]}, r"reader_role_arns\[0\]: got '\*'; accepted: arn:<partition>:iam"),
        ({"reader_role_arns": [ROLE, ROLE]}, "reader_role_arns: got .*each value once"),
        ({"rotated_by": {"owner": "x", "days": 30}}, "rotated_by.owner: got 'x'"),
        ({"rotated_by": {"owner": "Database service", "days": 366}}, "rotated_by.days: got 366; accepted: 1 to 365"),
        ({"rotated_by": None, "rotation": {**ROTATION, "days": 0}}, "rotation.days: got 0; accepted: 1 to 365"),
        ({"rotated_by": None, "rotation": {**ROTATION, "lambda_arn": "rotate"}}, "rotation.lambda_arn: got 'rotate'"),
        ({"rotated_by": None, "without_rotation": {**UNROTATED, "assessment": "todo"}}, "without_rotation.assessment: got 'todo'"),
    ],
)
def test_refuses(register, change, message):
    args = {**MINIMAL, "rotated_by": ELSEWHERE, **change}
    args = {key: value for key, value in args.items() if value is not None}
    with pytest.raises(ArgsError, match=message):
        AwsSecretArgs(**args)
    with pytest.raises(ArgsError, match=f"AwsSecret 'database': .*{message}"):
        register(lambda: AwsSecret("database", args))
    assert register.last.registrations == []
