"""What this machine and the files of the project show, and how files that say nothing usable are answered."""

import importlib.metadata
import json
import re

import pytest

from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run
from hipaa_stack.doctor import made_by

SALT = {"encryptionsalt": "v1:abc:v1:def"}
KEY = {"secretsprovider": "awskms://alias/pulumi?region=us-east-1", "encryptedkey": "AAAA"}
LAYER = "config: {{hipaa-platform:platform: {{cluster_name: clinic, layer: {}}}}}"
SYNTHETIC = {"data_classification": "SYNTHETIC"}


@pytest.mark.parametrize(
    ("keys", "settings", "outcome", "said"),
    [
        (SALT, {}, "fail", "a passphrase.*164.312.*pulumi stack change-secrets-provider 'awskms://.*--stack prod"),
        ({"secretsprovider": "passphrase"}, {}, "fail", "a passphrase"),
        (SALT, {"data_classification": "phi"}, "fail", "a passphrase"),
        (SALT, SYNTHETIC, "pass", "synthetic"),
        (KEY, {}, "pass", r"^awskms://alias/pulumi $"),
        ({"secretsprovider": "awskms://"}, {}, "fail", "names no key"),
        ({"secretsprovider": "awskms://?region=us-east-1"}, {}, "fail", "names no key"),
        ({"secretsprovider": "awskms://alias/aws/ssm?region=us-east-1"}, {}, "fail", "a key that AWS manages"),
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
        ("s3://states?region=us-east-1", SYNTHETIC, "pass", "s3://states"),
        ("s3://", {}, "fail", "names no bucket"),
        ("s3:states", {}, "fail", "names no bucket"),
        ("s3://?region=us-east-1", {}, "fail", "names no bucket"),
        ("FILE:///var/states", {}, "fail", "FILE:///var/states"),
        ("https://api.pulumi.com", {}, "unknown", "who reads it, and whether it has versions and a key, is not seen here"),
        ("https://api.pulumi.com", SYNTHETIC, "pass", "synthetic"),
        ("/var/states", {}, "unknown", "is not seen here"),
        ("postgres://admin:hunter2@db/states", {}, "unknown", r"postgres://\*\*\*@db/states"),
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


def test_a_pulumi_that_fails_has_no_version(no_account, project, doctor, programs, tmp_path):
    programs(pulumi="v3.250.0")
    with (tmp_path / "bin/pulumi").open("a") as file:
        file.write("exit 1\n")
    assert doctor(project())[0]["pulumi"][0] == "unknown"


@pytest.mark.parametrize(
    ("region", "outcome"),
    [("us-east-1", "pass"), ("us-gov-west-1", "pass"), ("us-east-1a", "fail"), ("no region", "fail"), ("${region}", "fail"), (7, "fail")],
)
def test_a_region_is_named(no_account, project, doctor, region, outcome):
    assert doctor(project(config={"aws:region": region}))[0]["region"][0] == outcome


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
    folder = tmp_path / f"pulumi/plugins/resource-aws-v{importlib.metadata.version('pulumi-aws')}"
    folder.mkdir(parents=True)
    directory = project()
    assert doctor(directory)[0]["SDK pulumi-aws"][0] == "unknown"  # a folder is no program
    (folder / "pulumi-resource-aws").touch()
    found, _ = doctor(directory)
    assert (found["SDK pulumi-aws"][0], found["SDK pulumi-kubernetes"][0]) == ("pass", "unknown")
    folder.with_name(f"{folder.name}.partial").touch()
    assert doctor(directory)[0]["SDK pulumi-aws"][0] == "unknown"  # half of a download


def test_sdks_are_looked_for_where_the_program_runs(no_account, project, doctor, programs, tmp_path):
    programs()
    directory = project()
    (directory / ".venv").unlink()
    outcome, message, fix = doctor(directory)[0]["SDK pulumi-aws"]
    assert outcome == "fail"
    assert message == f"not installed in {directory / '.venv'}, where the program runs"
    assert fix.startswith(f"python3 -m venv {directory / '.venv'}")
    installed = directory / ".venv/lib/python3.99/site-packages/pulumi_aws-7.0.1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: pulumi-aws\nVersion: 7.0.1\n")
    assert doctor(directory)[0]["SDK pulumi-aws"][1].startswith("version 7.0.1; its plugin is not there yet")


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
        ("Pulumi.yaml", "[" * 1500, "Pulumi.yaml: no YAML that can be read"),
        ("Pulumi.yaml", "- a", "got list; accepted: a mapping"),
        ("stacks/Pulumi.prod.yaml", None, "no such file; accepted: a stack of the project: dev. Name it with --stack"),
        ("stacks/Pulumi.prod.yaml", "config: 2026-02-31", "no YAML that can be read"),
        ("stacks/Pulumi.prod.yaml", "config: [a]", "no hipaa-platform:platform under config"),
        ("stacks/Pulumi.prod.yaml", "config: {hipaa-platform:platform: text}", "no hipaa-platform:platform under config"),
        ("stacks/Pulumi.prod.yaml", "config: {hipaa-platform:platform: {cluster_name: 7}}", "cluster_name: got 7; accepted: the name"),
        ("stacks/Pulumi.prod.yaml", "\x00", "no YAML"),
        ("stacks/Pulumi.prod.yaml", LAYER.format("cloud"), "platform.layer: got 'cloud'; accepted: one of ALL, CLOUD, BASELINE"),
        ("stacks/Pulumi.prod.yaml", LAYER.format("7"), "platform.layer: got 7; accepted: one of ALL"),
        ("stacks/Pulumi.prod.yaml", LAYER.format("null"), "platform.layer: got None; accepted: one of ALL"),
        ("stacks/Pulumi.prod.yaml", LAYER.format("[ALL]"), "platform.layer: got ['ALL']; accepted: one of ALL"),
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
def test_no_shape_of_a_setting_breaks_a_look(no_account, project, doctor, programs, key, value):
    programs()
    found, _ = doctor(project({key: value}))
    assert "error" not in {outcome for outcome, _, _ in found.values()}
    shapes = {"through": object, "access": list}
    wrong = value is not None and not isinstance(value, shapes.get(key, dict))
    assert found["settings"][0] == ("fail" if wrong else "pass")
    assert (f"{key}: got {type(value).__name__}; accepted: a " in found["settings"][1]) is wrong


def test_a_stack_is_named_in_full_too(no_account, project, capsys):
    run(["doctor", "--stack", "organization/hipaa-platform/prod", "--dir", str(project())])
    assert capsys.readouterr().out.startswith("stack prod, ")


def test_the_name_of_a_stack_may_have_a_dot(no_account, project, capsys):
    directory = project()
    (directory / "stacks/Pulumi.prod.yaml").rename(directory / "stacks/Pulumi.prod.eu.yaml")
    run(["doctor", "--stack", "prod.eu", "--dir", str(directory)])
    assert capsys.readouterr().out.startswith("stack prod.eu, ")
    run(["doctor", "--stack", "prod", "--dir", str(directory)])
    assert "accepted: a stack of the project: prod.eu. Name it with --stack" in capsys.readouterr().err


URN = "urn:pulumi:prod::hipaa-platform::aws:eks/cluster:Cluster::clinic"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "not a state"),
        ('{"deployment": ' * 5000 + "1" + "}" * 5000, "not a state"),
        ("{}", "not a state"),
        ("[]", "not a state"),
        ("\x00", "not a state"),
        ('{"deployment": null}', "not a state"),
        ('{"deployment": {"resources": 7}}', "not a state"),
        ('{"deployment": {"resources": [7]}}', "not a state"),
        ('{"deployment": {"resources": [{"id": "x"}]}}', "not a state"),
        ('{"deployment": {"resources": [{"urn": 7}]}}', "not a state"),
        ('{"deployment": {"resources": [{"urn": "x"}]}}', "not a state"),
        (f'{{"deployment": {{"resources": [{{"urn": "{URN}"}}]}}}}', "not a state"),
        (f'{{"deployment": {{"resources": [{{"urn": "{URN}", "type": [], "id": "x"}}]}}}}', "not a state"),
        (f'{{"deployment": {{"resources": [{{"urn": "{URN}", "type": "x", "outputs": "x"}}]}}}}', "not a state"),
        (
            f'{{"deployment": {{"resources": [{{"urn": "{URN.replace("prod", "dev")}", "type": "x"}}]}}}}',
            "the state of hipaa-platform/dev; accepted: that of hipaa-platform/prod",
        ),
        (
            f'{{"deployment": {{"resources": [{{"urn": "{URN.replace("hipaa-platform", "other")}", "type": "x"}}]}}}}',
            "the state of other/prod; accepted: that of hipaa-platform/prod",
        ),
    ],
)
def test_a_state_that_is_none_is_one_line(no_account, project, capsys, tmp_path, text, said):
    (tmp_path / "state.json").write_text(text)
    assert run(["doctor", "--stack", "prod", "--dir", str(project()), "--state", str(tmp_path / "state.json")]) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("text", ['{"deployment": {}}', '{"deployment": {"resources": null}}'])
def test_a_stack_that_made_nothing_has_a_state(no_account, project, doctor, tmp_path, text):
    (tmp_path / "state.json").write_text(text)
    assert "caller" in doctor(project(), "--state", str(tmp_path / "state.json"))[0]


def test_what_a_stack_only_read_is_not_its_own(tmp_path):
    resource = {"urn": URN, "type": "aws:eks/cluster:Cluster", "id": "clinic"}
    for external, made in ((False, {"aws:eks/cluster:Cluster": {"clinic"}}), (True, {})):
        (tmp_path / "state.json").write_text(json.dumps({"deployment": {"resources": [{**resource, "external": external}]}}))
        assert made_by(tmp_path / "state.json", "hipaa-platform", "prod") == made
