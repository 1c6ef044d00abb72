"""The lock step from its beginning to its end through the real engine: too early, ready, locked by its command, committed."""

import datetime as dt
import json
import re

import pytest

from hipaa_stack.cli import archive as verb
from hipaa_stack.cli.main import run

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
from hipaa_components.aws import AwsAuditArchive, AwsAuditLogs, AwsEncryptionKey

config = pulumi.Config()
groups = {"/aws/eks/clinic/cluster": "EKS_CONTROL_PLANE", "/hipaa-stack/clinic/trail": "CLOUDTRAIL"}
uses = ["CLOUDWATCH_LOGS", "S3", "CLOUDTRAIL"]
key = AwsEncryptionKey("key", {"uses": uses, "alias": "audit", "log_group_names": [*groups, "/hipaa-stack/audit-delivery"]}).key_arn
archive = AwsAuditArchive("audit", {"key_arn": key, **(config.get_object("lock") or {})})
AwsAuditLogs(
    "logs",
    {
        "key_arn": key,
        "log_groups": [{"name": name, "kind": kind} for name, kind in groups.items()],
        "archive": {
            "landing_bucket_name": archive.landing_bucket_name,
            "stream_arn": archive.stream_arn,
            "subscription_role_arn": archive.subscription_role_arn,
        },
    },
)
pulumi.export("status", archive.lock_status)
"""
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"


@pytest.fixture
def box(sandbox, make_project):
    opened = sandbox(make_project({"__main__.py": PROGRAM}, stacks={"dev": "config:\n  aws:region: us-east-1\n"}))
    opened.pulumi("stack", "init", "dev")
    return opened


@pytest.fixture
def asked(box, tmp_path, monkeypatch, capsys):
    """The exit code and the text of `archive lock` on the state as it is, so many days from now."""

    def ask(days=0):
        day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)
        monkeypatch.setattr(verb, "_today", lambda: day)
        box.pulumi("stack", "export", "--file", str(tmp_path / "state.json"))
        capsys.readouterr()
        return run(["archive", "lock", str(tmp_path / "state.json")]), capsys.readouterr().out

    return ask


def test_an_archive_is_locked_when_its_time_has_come_by_the_command_that_is_told(box, asked):
    box.pulumi("up", "--yes", "--skip-preview")
    code, said = asked()
    assert code == 1
    assert "it has worked for 0 of 30 days" in said
    assert "HIPAA_STACK_CONFIRM_LOCK_OF" not in said

    code, said = asked(days=31)
    assert code == 0
    assert "log groups that lead to it: /aws/eks/clinic/cluster, /hipaa-stack/clinic/trail" in said
    assert re.search(r"trails that lead to it: arn:aws:cloudtrail:us-east-1:123456789012:trail/logs-trail", said)
    assert "not even root can delete locked objects for 2,192 days" in said
    variable, bucket = re.search(r"^(HIPAA_STACK_CONFIRM_LOCK_OF)=(\S+) pulumi up$", said, re.MULTILINE).groups()
    (lock,) = box.resources(LOCK)
    assert bucket == lock["outputs"]["bucket"]

    other = box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", env={variable: "another-archive-1"})
    assert f"{variable} is another-archive-1, not {bucket}: this archive is not locked by it" in other.stdout + other.stderr
    box.pulumi("up", "--yes", "--skip-preview", env={variable: bucket})
    (lock,) = box.resources(LOCK)
    assert lock["outputs"]["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "days": 2192}
    assert json.loads(box.pulumi("stack", "output", "--json").stdout)["status"] == "locked"

    code, said = asked()
    assert code == 0
    assert "mode: COMPLIANCE, 2,192 days. It is locked, for good." in said
    committed = dict(re.findall(r"^ +(lock_mode|locked_bucket): (\S+)$", said, re.MULTILINE))
    box.pulumi("config", "set", "lock", json.dumps(committed))
    box.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")
