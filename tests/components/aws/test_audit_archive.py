"""AwsAuditArchive: what it registers, how it is locked, and what it refuses."""

import json
import re
import subprocess
from pathlib import Path

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.aws import AwsAuditArchive, AwsAuditArchiveArgs
from hipaa_components.aws._audit_buckets import access_log_policy, bucket_prefix, locked_policy, plain_policy, trail_policy
from hipaa_components.aws._audit_delivery import delivery_policy
from hipaa_components.aws._audit_replication import replication_policy
from hipaa_stack import archives

ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = "arn:aws:kms:eu-west-1:210987654321:key/99999999-2222-3333-4444-555555555555"
STANDARD = {"how_still_met": "An archive of another account keeps them for six years.", "approver": "Security officer"}
EXISTING = {"bucket_arn": "arn:aws:s3:::security-archive", "key_arn": OTHER_KEY, "account_id": "210987654321"}
ARCHIVE = "archive-archive-20260101"
"""The name that the bucket gets in these tests."""

BUCKET = "aws:s3/bucket:Bucket"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
SETTINGS = ("PublicAccessBlock", "OwnershipControls", "Versioning", "ServerSideEncryptionConfiguration", "Policy", "LifecycleConfiguration")


def archive(**change):
    return AwsAuditArchive("archive", {"key_arn": KEY, **change})


def outputs(register, *names, **change):
    """What the component registers, and the values of its outputs."""
    found = {}

    def program():
        made = archive(**change)
        for name in names:
            getattr(made, name).apply(lambda value, name=name: found.update({name: value}))

    return register(program), found


@pytest.mark.parametrize("change", [{"tags": {"team": "platform"}}, {"existing_archive": EXISTING}], ids=["own", "existing"])
def test_registers_exactly(register, snapshot, change):
    assert register(lambda: archive(**change)).whole() == snapshot


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_bucket_has_every_setting_and_keeps_it_when_the_stack_goes(register, setting):
    made = [item for item in register(archive).registrations if item.type.startswith(f"aws:s3/bucket{setting}:")]
    assert sorted(item.inputs["bucket"] for item in made) == [f"archive-{part}-20260101" for part in ("access", "archive", "landing")]
    assert all(item.options["retainOnDelete"] for item in made)


def test_everything_is_protected_that_events_pass_through(register):
    registered = register(archive)
    kinds = (BUCKET, LOCK, REPLICATION, STREAM, "aws:s3/bucketPolicy:BucketPolicy", "aws:cloudwatch/logGroup:LogGroup")
    assert [item.name for kind in kinds for item in registered.of_type(kind) if not item.options.get("protect")] == []


def test_an_ephemeral_archive_leaves_no_residue(register):
    registered = register(lambda: archive(ephemeral=STANDARD))
    assert [item.name for item in registered.registrations if item.options.keys() & {"protect", "retainOnDelete"}] == []
    assert all(item.inputs["forceDestroy"] for item in registered.of_type(BUCKET))
    assert registered.one(LOCK).inputs["rule"]["defaultRetention"] == {"mode": "GOVERNANCE", "days": 1}
    policy = registered.one("aws:s3/bucketPolicy:BucketPolicy", "archive-archive").inputs["policy"]
    assert "BypassGovernanceRetention" not in policy


# Order ---------------------------------------------------------------------------------------------------------------


def test_nothing_lands_before_everything_is_in_force(register):
    registered = register(archive)
    stream = registered.before(registered.one(STREAM))
    settings = {item.key for item in registered.registrations if item.type.startswith("aws:s3/bucket")}
    assert settings <= stream
    assert f"{LOCK} archive-archive" in registered.before(registered.one(REPLICATION))
    assert "aws:s3/bucketVersioning:BucketVersioning archive-archive" in registered.before(registered.one(LOCK))


@pytest.mark.parametrize(
    ("output", "first"),
    [
        ("landing_bucket_name", f"{REPLICATION} archive-replication"),
        ("landing_bucket_name", "aws:s3/bucketPolicy:BucketPolicy archive-landing"),
        ("subscription_role_arn", "aws:iam/rolePolicy:RolePolicy archive-subscription-policy"),
        ("subscription_role_arn", f"{STREAM} archive-delivery"),
    ],
)
def test_what_uses_an_output_comes_after(register, output, first):
    import pulumi_aws as aws

    registered = register(lambda: aws.sns.Topic("consumer", display_name=getattr(archive(), output)))
    assert first in registered.before(registered.one("aws:sns/topic:Topic"))


# The lock ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "retention", "status"),
    [
        ({}, {"mode": "GOVERNANCE", "days": 2192}, "not yet locked"),
        ({"retention_days": 3653}, {"mode": "GOVERNANCE", "days": 3653}, "not yet locked"),
        ({"retention_days": 400, "short_retention": STANDARD}, {"mode": "GOVERNANCE", "days": 400}, "not yet locked"),
        ({"lock_mode": "COMPLIANCE", "confirm_lock_of": ARCHIVE}, {"mode": "COMPLIANCE", "days": 2192}, "locked"),
        ({"lock_mode": "COMPLIANCE", "locked_bucket": ARCHIVE}, {"mode": "COMPLIANCE", "days": 2192}, "locked"),
        ({"unlocked_archive": STANDARD}, None, "unlocked"),
        ({"existing_archive": EXISTING}, None, "decided by the account that owns the archive"),
    ],
)
def test_how_long_and_how_firmly_objects_are_kept(register, change, retention, status):
    registered, found = outputs(register, "lock_status", **change)
    assert found == {"lock_status": status}
    assert [item.inputs["rule"]["defaultRetention"] for item in registered.of_type(LOCK)] == ([retention] if retention else [])


@pytest.mark.parametrize("field", ["confirm_lock_of", "locked_bucket"])
def test_another_buckets_name_locks_nothing(register, field):
    with pytest.raises(ArgsError, match=rf"{field}: got 'other-stack-20250101'; accepted: {ARCHIVE}. The name is another bucket's"):
        register(lambda: archive(lock_mode="COMPLIANCE", **{field: "other-stack-20250101"}))
    assert not register.last.of_type(LOCK)
    assert not register.last.of_type(STREAM)


@pytest.mark.parametrize(
    ("asked", "change", "mode", "status"),
    [
        (ARCHIVE, {}, "COMPLIANCE", "locked"),
        (ARCHIVE, {"lock_mode": "COMPLIANCE", "locked_bucket": ARCHIVE}, "COMPLIANCE", "locked"),
        ("another-archive-20260101", {}, "GOVERNANCE", "not yet locked"),
        ("another-archive-20260101", {"lock_mode": "COMPLIANCE", "locked_bucket": ARCHIVE}, "COMPLIANCE", "locked"),
        ("", {}, "GOVERNANCE", "not yet locked"),
        (ARCHIVE, {"ephemeral": STANDARD}, "GOVERNANCE", "not yet locked"),
        (ARCHIVE, {"unlocked_archive": STANDARD}, None, "unlocked"),
        (ARCHIVE, {"existing_archive": EXISTING}, None, "decided by the account that owns the archive"),
    ],
)
def test_a_deployment_whose_environment_names_the_bucket_locks_it(register, monkeypatch, asked, change, mode, status):
    monkeypatch.setenv("HIPAA_STACK_CONFIRM_LOCK_OF", asked)
    registered, found = outputs(register, "lock_status", **change)
    assert found == {"lock_status": status}
    assert [item.inputs["rule"]["defaultRetention"]["mode"] for item in registered.of_type(LOCK)] == ([mode] if mode else [])


@pytest.mark.parametrize(
    ("asked", "change", "said"),
    [
        ("other-20260101", {}, f"HIPAA_STACK_CONFIRM_LOCK_OF is other-20260101, not {ARCHIVE}: this archive is not locked by it"),
        (ARCHIVE, {"ephemeral": STANDARD}, f"HIPAA_STACK_CONFIRM_LOCK_OF is {ARCHIVE}: an archive with ephemeral is not locked by it"),
        (ARCHIVE, {"unlocked_archive": STANDARD}, f"HIPAA_STACK_CONFIRM_LOCK_OF is {ARCHIVE}: an archive with unlocked_archive is not"),
        (ARCHIVE, {"existing_archive": EXISTING}, f"HIPAA_STACK_CONFIRM_LOCK_OF is {ARCHIVE}: an archive with existing_archive is not"),
        ("", {}, "the archive is not yet locked: lock it once it has worked for 30 days"),
    ],
)
def test_what_is_not_locked_is_told(register, monkeypatch, asked, change, said):
    told = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: told.append(message))
    monkeypatch.setenv("HIPAA_STACK_CONFIRM_LOCK_OF", asked)
    register(lambda: archive(**change))
    (line,) = told
    assert line.startswith(said)


def test_a_bucket_that_was_not_made_for_locks_cannot_get_one(register):
    lockable = {item.name: item.inputs["objectLockEnabled"] for item in register(archive).of_type(BUCKET)}
    assert lockable == {"archive-access": False, "archive-landing": False, "archive-archive": True}


# Names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("audit-landing", "audit-landing-"),
        ("Clinic_East.audit-landing", "clinic-east-audit-landing-"),
        (f"{'c' * 60}-landing", "cccccccccccccccccccccccccccc"),
    ],
)
def test_buckets_begin_with_what_s3_accepts(name, prefix):
    made = bucket_prefix(name)
    assert made.startswith(prefix)
    assert len(made) <= 37


def test_long_names_fit_and_stay_apart(register):
    registered = register(lambda: AwsAuditArchive("c" * 60, {"key_arn": KEY}))
    prefixes = [item.inputs["bucketPrefix"] for item in registered.of_type(BUCKET)]
    assert len(set(prefixes)) == 3
    assert all(len(prefix) <= 37 for prefix in prefixes)
    assert len(registered.one(STREAM).name) + len("-0a1b2c3") <= 64
    assert all(len(item.inputs["namePrefix"]) <= 38 for item in registered.of_type("aws:iam/role:Role"))


# Policies ------------------------------------------------------------------------------------------------------------


def sids(policy):
    return [statement["Sid"] for statement in json.loads(policy)["Statement"]]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (plain_policy("b"), ["TlsOnly", "RecentTlsOnly"]),
        (locked_policy("b"), ["TlsOnly", "RecentTlsOnly", "NoBypass"]),
        (trail_policy("b", "1", "aws"), ["TlsOnly", "RecentTlsOnly", "TrailsLook", "TrailsWrite"]),
        (access_log_policy("b", "1", ["a"]), ["TlsOnly", "RecentTlsOnly", "AccessLogs"]),
    ],
)
def test_a_bucket_admits_its_writers_over_tls_and_nobody_else(policy, expected):
    assert sids(policy) == expected
    for statement in json.loads(policy)["Statement"]:
        everybody = statement["Principal"] == "*"
        assert (statement["Effect"] == "Deny") is everybody
        assert everybody or statement["Condition"]


@pytest.mark.parametrize("foreign", [False, True])
def test_replication_copies_and_deletes_nothing(foreign):
    policy = json.loads(replication_policy("arn:aws:s3:::from", KEY, "arn:aws:s3:::to", OTHER_KEY, foreign=foreign))
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert not [action for action in actions if "Delete" in action or action.endswith("*")]
    assert ("s3:ObjectOwnerOverrideToBucketOwner" in actions) is foreign
    regions = [statement["Condition"]["StringEquals"]["kms:ViaService"] for statement in policy["Statement"] if "Condition" in statement]
    assert regions == ["s3.us-east-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"]


def test_the_stream_writes_to_one_bucket_and_one_log_stream():
    statements = json.loads(delivery_policy("arn:aws:s3:::landing", KEY, "arn:aws:logs:us-east-1:1:log-group:errors"))["Statement"]
    assert [statement["Resource"] for statement in statements] == [
        ["arn:aws:s3:::landing", "arn:aws:s3:::landing/*"],
        KEY,
        "arn:aws:logs:us-east-1:1:log-group:errors:log-stream:delivery",
    ]


# Refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key_arn": "alias/x"}, "key_arn: got 'alias/x'; accepted: arn:.*S3 and Data Firehose store the full key ARN"),
        ({"retention_days": 365}, "retention_days: got 365; accepted: 2192 to 3653, or fewer with short_retention"),
        ({"retention_days": 36500}, "retention_days: got 36500; accepted: 2192 to 3653"),
        ({"retention_days": 0, "short_retention": STANDARD}, "retention_days: got 0; accepted: 2192 to 3653"),
        ({"lock_mode": "COMPLIANCE"}, "lock_mode: got 'COMPLIANCE'; accepted: GOVERNANCE, or COMPLIANCE with confirm_lock_of"),
        ({"lock_mode": "FOREVER"}, "lock_mode: got 'FOREVER'; accepted: one of GOVERNANCE, COMPLIANCE"),
        ({"confirm_lock_of": ARCHIVE}, f"confirm_lock_of: got '{ARCHIVE}'; accepted: absent with GOVERNANCE"),
        ({"locked_bucket": ARCHIVE}, f"locked_bucket: got '{ARCHIVE}'; accepted: absent with GOVERNANCE"),
        ({"lock_mode": "COMPLIANCE", "locked_bucket": "arn:aws:s3:::x"}, "locked_bucket: got 'arn:aws:s3:::x'; accepted: the real name"),
        (
            {"lock_mode": "COMPLIANCE", "locked_bucket": ARCHIVE, "unlocked_archive": STANDARD},
            "unlocked_archive: got StandardWeakening; accepted: absent with COMPLIANCE",
        ),
        (
            {"lock_mode": "COMPLIANCE", "locked_bucket": ARCHIVE, "ephemeral": STANDARD},
            "lock_mode: got 'COMPLIANCE'; accepted: GOVERNANCE with ephemeral",
        ),
        ({"existing_archive": EXISTING, "retention_days": 2557}, "retention_days: got 2557; accepted: absent with existing_archive"),
        ({"existing_archive": {**EXISTING, "account_id": "12"}}, "existing_archive.account_id: got '12'; accepted: twelve digits"),
        ({"existing_archive": {**EXISTING, "bucket_arn": "x"}}, "existing_archive.bucket_arn: got 'x'; accepted: arn:<partition>:s3:::"),
        ({"existing_archive": {**EXISTING, "key_arn": "x"}}, "existing_archive.key_arn: got 'x'; accepted: arn:<partition>:kms"),
        ({"glacier_after_days": 7}, "glacier_after_days: got 7; accepted: 0 for never, or 30 and more"),
        ({"deep_archive_after_days": 120}, "deep_archive_after_days: got 120; accepted: 0, or 180 and more with glacier_after_days 90"),
        ({"landing_days": 7}, "landing_days: got 7; accepted: 14 to 365"),
        ({"delivery_log_group": "a b"}, "delivery_log_group: got 'a b'; accepted: 1 to 512"),
    ],
)
def test_refuses(register, change, message):
    args = {"key_arn": KEY, **change}
    with pytest.raises(ArgsError, match=message):
        AwsAuditArchiveArgs(**args)
    registered = None
    with pytest.raises(ArgsError, match=f"AwsAuditArchive 'archive': .*{message}"):
        registered = register(lambda: archive(**change))
    assert registered is None


@pytest.mark.parametrize(
    ("days", "moves"),
    [
        ({}, [(90, "GLACIER_IR"), (365, "DEEP_ARCHIVE")]),
        ({"glacier_after_days": 0, "deep_archive_after_days": 30}, [(30, "DEEP_ARCHIVE")]),
        ({"deep_archive_after_days": 0}, [(90, "GLACIER_IR")]),
        ({"glacier_after_days": 0, "deep_archive_after_days": 0}, []),
    ],
)
def test_objects_move_and_never_go(register, days, moves):
    rule = (
        register(lambda: archive(**days))
        .one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "archive-archive")
        .inputs["rules"][0]
    )
    assert [(int(move["days"]), move["storageClass"]) for move in rule.get("transitions", [])] == moves
    assert not rule.keys() & {"expiration", "noncurrentVersionExpiration"}


def test_the_preflight_of_the_lock_looks_for_this_component(register):
    """The core names it, and imports no component."""
    assert register(archive).of_type(archives.COMPONENT)


def stack_files():
    """Every stack file that is committed."""
    root = Path(__file__).parents[3]
    listed = subprocess.run(["git", "ls-files", "*Pulumi.*.yaml"], cwd=root, capture_output=True, text=True, check=True).stdout
    return [root / line for line in listed.splitlines()]


def test_no_committed_stack_file_confirms_a_lock():
    files = stack_files()
    assert {file.name for file in files} >= {"Pulumi.dev.yaml", "Pulumi.regulated-production-cloud.yaml"}
    assert [file.name for file in files if re.search("confirm_?lock_?of", file.read_text(), re.IGNORECASE)] == []
