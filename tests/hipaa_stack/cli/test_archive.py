"""`hipaa-stack archive lock`: what it finds in a state, what stands in the way, exit codes, and that it promises nothing it cannot see."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys

import pytest

from hipaa_stack.cli import archive as verb
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run
from hipaa_stack.sources._pulumi import SIGNATURE

TODAY = dt.date(2026, 11, 27)
MADE = "2026-10-28T09:00:00.123456789Z"
"""Thirty days before today."""

BUCKET = "aws:s3/bucket:Bucket"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
ENCRYPTED = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
PLAIN = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"audit-archive-1"'}
STREAM_ARN = "arn:aws:firehose:us-east-1:123456789012:deliverystream/audit"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    monkeypatch.setattr(verb, "_today", lambda: TODAY)


def resource(type_, name, outputs, parent="", **more):
    above = f"{parent.split('::')[2]}$" if parent else ""
    urn = f"urn:pulumi:prod::clinic::{above}{type_}::{name}"
    more = {"created": MADE, "custom": not type_.startswith("hipaa:"), **({"parent": parent} if parent else {}), **more}
    return {"urn": urn, "type": type_, "inputs": {}, "outputs": outputs, **more}


def archive(name="audit", *, mode="GOVERNANCE", days=2192, without=(), ephemeral=False, made=None, real=None):
    """The resources of an archive, as a state holds them; `made` are other dates by type."""
    bucket = real or f"{name}-archive-1"
    component = resource("hipaa:index:AwsAuditArchive", name, {})
    outputs = [
        (BUCKET, f"{name}-landing", {"bucket": f"{name}-landing-1", "objectLockEnabled": False, "forceDestroy": ephemeral}),
        (BUCKET, f"{name}-archive", {"bucket": bucket, "objectLockEnabled": True, "forceDestroy": ephemeral}),
        (LOCK, f"{name}-archive", {"bucket": bucket, "rule": {"defaultRetention": {"mode": mode, "days": days}}}),
        (REPLICATION, f"{name}-replication", {"bucket": f"{name}-landing-1"}),
        (STREAM, f"{name}-delivery", {"arn": STREAM_ARN}),
    ]
    parts = [resource(*each, parent=component["urn"]) for each in outputs if each[0] not in without and each[1] not in without]
    return [component, *({**part, "created": (made or {}).get(part["type"], MADE)} for part in parts)]


def state(*resources, version=3):
    return json.dumps({"version": version, "deployment": {"manifest": {}, "resources": [each for many in resources for each in many]}})


@pytest.fixture
def asked(tmp_path, capsys):
    """Exit code, stdout and stderr for the text of a state."""

    def ask(text):
        (tmp_path / "state.json").write_text(text)
        code = run(["archive", "lock", str(tmp_path / "state.json")])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ask


def test_what_is_ready_gets_every_command_and_says_what_it_means(asked):
    subscription = resource(
        "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
        "s",
        {"logGroup": "/aws/eks/clinic/cluster", "destinationArn": STREAM_ARN},
    )
    trail = resource(
        "aws:cloudtrail/trail:Trail", "t", {"arn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/t", "s3BucketName": "audit-landing-1"}
    )
    code, out, err = asked(state(archive(), [subscription, trail]))
    assert (code, err) == (ExitCode.CLEAN, "")
    assert out == LOCKABLE


LOCKABLE = """\
archive audit, bucket audit-archive-1
  mode: GOVERNANCE, 2,192 days
  works since: 2026-10-28, the day on which the last part of it was made
  log groups that lead to it: /aws/eks/clinic/cluster
  trails that lead to it: arn:aws:cloudtrail:us-east-1:123456789012:trail/t
  It has worked for 30 days and more. A state does not show whether logs arrive, so see for yourself first:

# 1. Events and files of today; run it for each log that has to be there, and open one object of each.
aws s3 ls --recursive s3://audit-archive-1/logs/$(date -u +%Y/%m/%d)/
aws s3 ls --recursive s3://audit-archive-1/AWSLogs/123456789012/CloudTrail/ | tail
# 2. An object is kept: GOVERNANCE, until 2,192 days after it came. KEY is one of those above.
aws s3api get-object-retention --bucket audit-archive-1 --key "$KEY"
# 3. Nothing failed on the way: console, S3, the landing bucket, Metrics, Replication metrics: no operations failed.

Then lock it. Nobody can take that back:
- not even root can delete locked objects for 2,192 days, and all of them are paid for until then;
- nobody can shorten that time, and the bucket cannot be deleted while it holds a locked object.

HIPAA_STACK_CONFIRM_LOCK_OF=audit-archive-1 pulumi preview --diff    # one update: mode GOVERNANCE => COMPLIANCE
HIPAA_STACK_CONFIRM_LOCK_OF=audit-archive-1 pulumi up

Commit this at once in the arguments of the archive, or the next deployment goes back for new objects:
  lock_mode: COMPLIANCE
  locked_bucket: audit-archive-1
"""

OBSTACLES = {
    "a day too early": (archive(made={LOCK: "2026-10-29T00:00:00Z"}), "it has worked for 29 of 30 days: not before 2026-11-28"),
    "a part replaced since": (
        archive(made={STREAM: "2026-11-26T10:00:00Z"}),
        "it has worked for 1 of 30 days: not before 2026-12-26",
    ),
    "made in another zone": (archive(made={LOCK: "2026-10-28T23:00:00-05:00"}), "it has worked for 29 of 30 days"),
    "imported": (archive(made={REPLICATION: ""}), "the state does not say since when all of it works"),
    "no date": (archive(made={LOCK: "yesterday"}), "the state does not say since when all of it works"),
    "no replication": (archive(without=[REPLICATION]), "the state has no replication into it: finish the deployment first"),
    "no stream": (archive(without=[STREAM]), "the state has no delivery stream: finish the deployment first"),
    "ephemeral": (
        archive(days=1, ephemeral=True),
        "it is ephemeral, for synthetic data: an archive that a destroy empties is never locked",
    ),
    "unlocked": (archive(without=[LOCK]), "nothing keeps its objects: the weakening unlocked_archive is in force, or its deployment"),
    "hardly begun": (archive(without=[LOCK, BUCKET, REPLICATION, STREAM]), "nothing keeps its objects: the weakening unlocked_archive is"),
}


@pytest.mark.parametrize(("resources", "said"), OBSTACLES.values(), ids=OBSTACLES)
def test_what_stands_in_the_way_is_told_and_no_command(asked, resources, said):
    code, out, err = asked(state(resources))
    assert (code, err) == (ExitCode.FINDINGS, "")
    assert f"not to be locked now:\n  - {said}" in out
    assert "HIPAA_STACK_CONFIRM_LOCK_OF" not in out
    assert "lock_mode" not in out


def test_all_that_stands_in_the_way_is_told_at_once(asked):
    _, out, _ = asked(state(archive(without=[STREAM], made={LOCK: "2026-11-26T00:00:00Z"})))
    assert out.count("\n  - ") == 2


@pytest.mark.parametrize(
    ("resources", "lines"),
    [
        (archive(mode="COMPLIANCE"), ["mode: COMPLIANCE, 2,192 days. It is locked, for good.", "locked_bucket: audit-archive-1"]),
        (archive(without=[LOCK, "audit-archive"]), ["its bucket is another account's, whose owner decides when it is locked"]),
    ],
    ids=["locked", "elsewhere"],
)
def test_what_needs_no_lock_is_no_finding(asked, resources, lines):
    code, out, _ = asked(state(resources))
    assert code == ExitCode.CLEAN
    assert all(line in out for line in lines)
    assert "HIPAA_STACK_CONFIRM_LOCK_OF" not in out


def test_a_shorter_time_is_said_to_be_one(asked):
    code, out, _ = asked(state(archive(days=400)))
    assert code == ExitCode.CLEAN
    assert "mode: GOVERNANCE, 400 days, less than six years" in out
    assert "not even root can delete locked objects for 400 days" in out


def test_several_archives_are_told_one_by_one_and_the_worst_counts(asked):
    young = archive("west", made={LOCK: "2026-11-20T00:00:00Z"})
    code, out, _ = asked(state(young, archive("east"), archive("north", mode="COMPLIANCE")))
    assert code == ExitCode.FINDINGS
    assert [line for line in out.splitlines() if line.startswith("archive ")] == [
        "archive east, bucket east-archive-1",
        "archive north, bucket north-archive-1",
        "archive west, bucket west-archive-1",
    ]
    assert "HIPAA_STACK_CONFIRM_LOCK_OF=east-archive-1 pulumi up" in out
    assert "HIPAA_STACK_CONFIRM_LOCK_OF=west" not in out


def test_a_log_that_leads_elsewhere_or_to_an_unknown_place_does_not_count(asked):
    type_ = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
    others = [resource(type_, f"s{n}", {"logGroup": "/g", "destinationArn": to}) for n, to in enumerate(["arn:aws:firehose:x", ENCRYPTED])]
    code, out, _ = asked(state(archive(), others))
    assert code == ExitCode.CLEAN
    assert "log groups that lead to it: none in this state" in out
    assert "trails that lead to it: none in this state" in out


def test_a_trail_with_a_name_for_a_shell_stands_in_no_command(asked):
    trail = resource("aws:cloudtrail/trail:Trail", "t", {"arn": "arn:x:$(reboot)", "s3BucketName": "audit-landing-1"})
    code, out, _ = asked(state(archive(), [trail]))
    assert code == ExitCode.CLEAN
    assert "reboot" not in out


# What cannot be read -------------------------------------------------------------------------------------------------

UNREADABLE = {
    "encrypted name": (state(archive(real=ENCRYPTED)), "audit-archive: bucket: an encrypted secret; export the stack"),
    "name that is a secret": (state(archive(real=PLAIN)), "audit-archive: bucket: a secret; export the stack"),
    "name for a shell": (state(archive(real="a; rm -rf ~")), "audit-archive: bucket: not as AWS writes it"),
    "encrypted mode": (state(archive(mode=ENCRYPTED)), "audit-archive: rule.defaultRetention.mode: an encrypted secret"),
    "unknown mode": (state(archive(mode="FOREVER")), "audit-archive: rule.defaultRetention.mode: not a mode of S3 Object Lock"),
    "encrypted days": (state(archive(days=ENCRYPTED)), "audit-archive: rule.defaultRetention.days: an encrypted secret"),
    "no JSON": ('{"version": 3,', "not valid JSON"),
    "nothing": ("", "nothing to check in it"),
    "version": (state(archive(), version=9), "version 9 of exported states; accepted: 3 and 4"),
    "manifest": ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "not a state; accepted: what `pulumi stack export` writes"),
    "preview": (
        '{"config": {}, "steps": [], "duration": 1, "changeSummary": {"same": 1}}',
        "not a state; accepted: what `pulumi stack export` writes",
    ),
    "half a resource": (state(archive(), [{"type": "x"}]), "accepted: a resource with its urn and type"),
}


@pytest.mark.parametrize(("text", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_no_answer(asked, text, said):
    code, out, err = asked(text)
    assert (code, out) == (ExitCode.UNREADABLE, "")
    assert said in err
    assert "audit-archive-1" not in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_is_told(capsys, tmp_path):
    assert run(["archive", "lock", str(tmp_path / "none.json")]) == ExitCode.UNREADABLE
    assert "none.json" in capsys.readouterr().err


def test_a_state_without_an_archive_is_the_wrong_one(asked):
    code, out, err = asked(state([resource("aws:kms/key:Key", "k", {})]))
    assert (code, out) == (ExitCode.USAGE, "")
    assert "no archive in it; accepted: the state of the stack that makes an AwsAuditArchive" in err


def test_the_state_may_come_through_a_pipe(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(state(archive()).encode())))
    assert run(["archive", "lock", "-"]) == ExitCode.CLEAN
    assert "HIPAA_STACK_CONFIRM_LOCK_OF=audit-archive-1 pulumi up" in capsys.readouterr().out


def test_names_do_not_steer_the_terminal(asked):
    _, out, _ = asked(state(archive("audit\x1b[2J", real="audit-archive-1")))
    assert "\x1b" not in out
    assert "archive audit\\x1b[2J" in out


def test_it_imports_neither_pulumi_nor_the_components():
    code = "import sys; import hipaa_stack.cli.archive; print([n for n in sys.modules if n.split('.')[0] in ('pulumi', 'hipaa_components', 'grpc')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("line", "code"), [("archive --help", 0), ("archive lock --help", 0), ("archive", 2), ("archive lock", 2), ("archive open", 2)]
)
def test_help_and_wrong_arguments(capsys, line, code):
    assert run(line.split()) == code
    captured = capsys.readouterr()
    assert "archive" in captured.out + captured.err
    assert "Traceback" not in captured.err
