"""Audit logs, their archive and their alerts through the real engine: they come up together, stay unchanged, and resist."""

import json

import pytest

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
from hipaa_components.aws import AwsAuditAlerts, AwsAuditArchive, AwsAuditLogs, AwsEncryptionKey

config = pulumi.Config()
reason = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
common = {"ephemeral": reason} if config.get_bool("ephemeral") else {}
groups = {"/aws/eks/clinic/cluster": "EKS_CONTROL_PLANE", "/hipaa-stack/clinic/trail": "CLOUDTRAIL"}
uses = ["CLOUDWATCH_LOGS", "S3", "SNS", "CLOUDTRAIL"]
key = AwsEncryptionKey(
    "key", {"uses": uses, "alias": "audit", "log_group_names": [*groups, "/hipaa-stack/audit-delivery"], **common}
).key_arn
lock = {"lock_mode": "COMPLIANCE", "confirm_lock_of": config.get("confirm")} if config.get("confirm") else {}
archive = AwsAuditArchive("archive", {"key_arn": key, **lock, **common})
logs = AwsAuditLogs(
    "logs",
    {
        "key_arn": key,
        "log_groups": [{"name": name, "kind": kind} for name, kind in groups.items()],
        "archive": {
            "landing_bucket_name": archive.landing_bucket_name,
            "stream_arn": archive.stream_arn,
            "subscription_role_arn": archive.subscription_role_arn,
        },
        **common,
    },
)
AwsAuditAlerts(
    "alerts",
    {
        "key_arn": key,
        "log_group_arn": logs.log_group_arns["/aws/eks/clinic/cluster"],
        "alert_endpoints": [{"protocol": "EMAIL", "endpoint": "security@clinic.example.com"}],
        "archive": {
            "stream_name": archive.stream_name,
            "landing_bucket_name": archive.landing_bucket_name,
            "archive_bucket_name": archive.archive_bucket_name,
        },
        **common,
    },
)
pulumi.export("bucket", archive.archive_bucket_name)
pulumi.export("lock", archive.lock_status)
"""
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
TRAIL = "aws:cloudtrail/trail:Trail"
RULE = "aws:cloudwatch/eventRule:EventRule"


@pytest.fixture
def box(sandbox, make_project):
    """An initialised stack of the program."""
    opened = sandbox(make_project({"__main__.py": PROGRAM}))
    opened.pulumi("stack", "init", "dev", check=False)
    opened.pulumi("stack", "select", "dev")
    opened.pulumi("config", "set", "aws:region", "us-east-1")
    return opened


def up(box, *, check=True):
    return box.pulumi("up", "--yes", "--skip-preview", check=check)


def changes(box):
    """What a preview would change, by the name of the resource."""
    steps = json.loads(box.pulumi("preview", "--json").stdout)["steps"]
    return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] != "same"}


def outputs(box):
    return json.loads(box.pulumi("stack", "output", "--json").stdout)


def retention(box):
    (lock,) = box.resources(LOCK)
    return lock["outputs"]["rule"]["defaultRetention"]


def test_up_unchanged_then_locked_by_name_and_a_destroy_is_refused(box):
    box.pulumi("preview")
    up(box)
    assert changes(box) == {}
    bucket = outputs(box)["bucket"]
    assert outputs(box)["lock"] == "not yet locked"
    assert retention(box) == {"mode": "GOVERNANCE", "days": 2192}
    (trail,) = box.resources(TRAIL)
    assert trail["outputs"]["s3BucketName"].startswith("archive-landing-")
    watched = {json.loads(rule["outputs"]["eventPattern"])["source"][0] for rule in box.resources(RULE)}
    assert watched == {"aws.cloudtrail", "aws.eks", "aws.guardduty", "aws.kms", "aws.logs", "aws.s3"}

    box.pulumi("config", "set", "confirm", "archive-archive-of-another-stack")
    refused = up(box, check=False)
    said = refused.stdout + refused.stderr
    assert refused.returncode
    assert f"confirm_lock_of: got 'archive-archive-of-another-stack'; accepted: {bucket}. The name is another bucket's" in said
    assert "Traceback" not in said
    assert retention(box)["mode"] == "GOVERNANCE"

    box.pulumi("config", "set", "confirm", bucket)
    assert changes(box) == {"archive-archive": "update"}
    up(box)
    assert retention(box) == {"mode": "COMPLIANCE", "days": 2192}
    assert outputs(box)["lock"] == "locked"

    destroyed = box.pulumi("destroy", "--yes", "--skip-preview", check=False)
    assert destroyed.returncode
    assert "protected" in destroyed.stdout + destroyed.stderr
    assert retention(box)["mode"] == "COMPLIANCE"


def test_an_ephemeral_archive_is_destroyed_without_residue(box):
    box.pulumi("config", "set", "ephemeral", "true")
    up(box)
    assert retention(box) == {"mode": "GOVERNANCE", "days": 1}
    assert not [item["urn"] for item in box.resources() if item.get("protect") or item.get("retainOnDelete")]
    box.pulumi("destroy", "--yes", "--skip-preview")
    assert not [item for item in box.resources() if item["type"].startswith("aws:")]
