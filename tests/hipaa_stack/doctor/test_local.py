"""What this machine and the files of the project show, and how files that say nothing usable are answered."""

import importlib.metadata
import re

import pytest

from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run

SALT = {"encryptionsalt": "v1:abc:v1:def"}
KEY = {"secretsprovider": "awskms://alias/pulumi?region=us-east-1", "encryptedkey": "AAAA"}
SYNTHETIC = {"data_classification": "SYNTHETIC"}


@pytest.mark.parametrize(
    ("keys", "settings", "outcome", "said"),
    [
        (SALT, {}, "fail", "a passphrase.*164.312.*pulumi stack change-secrets-provider 'awskms://.*--stack prod"),
        ({"secretsprovider": "passphrase"}, {}, "fail", "a passphrase"),
        (SALT, {"data_classification": "phi"}, "fail", "a passphrase"),
        (SALT, SYNTHETIC, "pass", "synthetic"),
        (KEY, {}, "pass", r"^awskms://alias/pulumi $"),
        ({}, {}, "unknown", "names none.*pulumi stack init prod --secrets-provider"),
        ({"secretsprovider": "default"}, {}, "unknown", "default"),
        ({"secretsprovider": 7}, {}, "unknown", "names none"),
    ],
)
def test_secrets_of_patient_data_have_a_key(no_account, project, doctor, keys, settings, outcome, said):
    found, _ = doctor(project(settings, **keys))
    assert found["secrets provider"][0] == outcome
    assert re.search(said, " ".join(found["secrets provider"][1:]))


@pytest.mark.parametrize(
    ("url", "settings", "outcome", "said"),
    [
        ("file:///var/states", {}, "fail", "file:///var/states"),
        ("file:///var/states", SYNTHETIC, "pass", "synthetic"),
        ("s3://states?region=us-east-1", {}, "pass", "s3://states"),
        ("postgres://admin:hunter2@db/states", {}, "pass", r"postgres://\*\*\*@db/states"),
        (None, {}, "unknown", "PULUMI_BACKEND_URL"),
    ],
)
def test_states_of_patient_data_lie_in_no_file(no_account, project, doctor, monkeypatch, url, settings, outcome, said):
    if url:
        monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    found, _ = doctor(project(settings))
    assert found["state back end"][0] == outcome
    assert re.search(said, found["state back end"][1])
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(("version", "outcome"), [("v3.250.0", "pass"), ("v4.0.0", "pass"), ("v3.249.9", "fail"), ("nonsense", "unknown")])
def test_pulumi_is_new_enough(no_account, project, doctor, programs, version, outcome):
    programs(pulumi=version, pulumi_language_python="", aws="")
    found, _ = doctor(project())
    assert (found["pulumi"][0], found["language host"][0], found["AWS CLI"][0]) == (outcome, "pass", "pass")
    assert found["kubectl"][0] == "not_applicable"


def test_what_is_missing_is_told(no_account, project, doctor, programs):
    programs()
    found, code = doctor(project())
    assert {name: found[name][0] for name in ("pulumi", "language host", "AWS CLI")} == dict.fromkeys(
        ("pulumi", "language host", "AWS CLI"), "fail"
    )
    assert found["SDK pulumi-aws"][0] == "unknown"
    assert found["SDK pulumi-aws"][2] == f"pulumi plugin install resource aws {importlib.metadata.version('pulumi-aws')}"
    assert code == ExitCode.FINDINGS


def test_a_plugin_of_the_version_of_its_sdk_is_seen(no_account, project, doctor, programs, tmp_path):
    programs()
    (tmp_path / f"pulumi/plugins/resource-aws-v{importlib.metadata.version('pulumi-aws')}").mkdir(parents=True)
    found, _ = doctor(project())
    assert (found["SDK pulumi-aws"][0], found["SDK pulumi-kubernetes"][0]) == ("pass", "unknown")


def test_without_credentials_the_account_is_unknown(no_account, project, doctor):
    found, _ = doctor(project())
    account = {name: each for name, each in found.items() if name in {"caller", "GuardDuty", "quota: VPCs", "cluster", "state bucket"}}
    assert {each[:2] for each in account.values()} == {("unknown", "no credentials of AWS were found")}
    assert len(account) == 5


def test_without_boto3_one_line_says_what_to_install(no_account, project, doctor, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    found, _ = doctor(project())
    assert found["caller"] == ("unknown", "boto3 is not installed: pip install 'hipaa-stack[aws]'", "pip install 'hipaa-stack[aws]'")


def test_in_a_sandbox_nothing_is_said_of_an_account(no_account, project, doctor, monkeypatch):
    monkeypatch.setenv("HIPAA_STACK_SANDBOX", "/somewhere")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///somewhere/backend")
    found, _ = doctor(project())
    assert found["account"][0] == "not_applicable"
    assert "clouds are simulated here" in found["account"][1]
    assert not {"caller", "state back end", "state bucket"} & set(found)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("Pulumi.yaml", None, "Pulumi.yaml: no such file; accepted: the directory of a Pulumi project. Name it with --dir"),
        ("Pulumi.yaml", "a: [", "Pulumi.yaml:1: no YAML"),
        ("Pulumi.yaml", "[" * 5000, "Pulumi.yaml: no YAML that can be read"),
        ("Pulumi.yaml", "- a", "got list; accepted: a mapping"),
        ("stacks/Pulumi.prod.yaml", None, "no such file; accepted: a stack of the project: dev. Name it with --stack"),
        ("stacks/Pulumi.prod.yaml", "config: 2026-02-31", "no YAML that can be read"),
        ("stacks/Pulumi.prod.yaml", "config: [a]", "no hipaa-platform:platform under config"),
        ("stacks/Pulumi.prod.yaml", "config: {hipaa-platform:platform: text}", "no hipaa-platform:platform under config"),
        ("stacks/Pulumi.prod.yaml", "config: {hipaa-platform:platform: {cluster_name: 7}}", "cluster_name: got 7; accepted: the name"),
        ("stacks/Pulumi.prod.yaml", "\x00", "no YAML"),
    ],
)
def test_files_that_say_nothing_usable_are_one_line(no_account, project, capsys, file, text, said):
    directory = project()
    (directory / "stacks/Pulumi.dev.yaml").write_text("{}")
    (directory / file).unlink()
    if text is not None:
        (directory / file).write_text(text)
    assert run(["doctor", "--stack", "prod", "--dir", str(directory)]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("value", [None, [], "text", 7, {"deep": [None]}])
@pytest.mark.parametrize("key", ["cluster", "network", "access", "image_mirror", "logs", "threat_detection", "through"])
def test_no_shape_of_a_setting_breaks_a_look(no_account, project, doctor, key, value):
    found, _ = doctor(project({key: value}))
    assert "error" not in {outcome for outcome, _, _ in found.values()}


def test_a_stack_is_named_in_full_too(no_account, project, capsys):
    run(["doctor", "--stack", "organization/hipaa-platform/prod", "--dir", str(project())])
    assert capsys.readouterr().out.startswith("stack prod, ")
