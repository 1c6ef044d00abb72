"""What this machine shows: without an account, without credentials, as a person runs it."""

import json
import subprocess
import sys

import pytest

from hipaa_stack.cli.main import run

from .conftest import ADMIN, SETTINGS

CLOUD = {"caller", "GuardDuty", "trail", "service-linked role", "zones", "names", "cluster", "quotas"}


def test_without_credentials_the_account_is_unknown_and_the_machine_is_judged(project, doctor):
    code, found = doctor(project(secretsprovider="passphrase"))
    assert {found[name]["outcome"] for name in CLOUD} == {"unknown"}
    assert {found[name]["message"] for name in CLOUD} == {"no credentials of AWS were found"}
    assert found["secrets provider"]["outcome"] == "fail"
    assert code == 1


def test_as_a_process_without_credentials(project, tmp_path):
    directory = project(secretsprovider="awskms://alias/pulumi?region=us-east-1")
    environment = {"PATH": "/nowhere", "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, "-m", "hipaa_stack", "doctor", "--stack", "prod", "--dir", str(directory)]
    ran = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=120, check=False)
    assert ran.returncode == 1
    assert ran.stderr == ""
    assert "FAIL     pulumi" in ran.stdout
    assert "UNKNOWN  GuardDuty" in ran.stdout
    assert "no credentials of AWS were found" in ran.stdout
    assert "PASS     GuardDuty" not in ran.stdout


@pytest.mark.parametrize(
    ("stack", "data", "outcome", "fix"),
    [
        ({"secretsprovider": "awskms://alias/pulumi?region=us-east-1"}, "PHI", "pass", ""),
        ({"secretsprovider": "passphrase", "encryptionsalt": "v1:x"}, "PHI", "fail", "pulumi stack change-secrets-provider"),
        ({"encryptionsalt": "v1:x"}, "PHI", "fail", "pulumi stack change-secrets-provider"),
        ({"encryptionsalt": "v1:x"}, "SYNTHETIC", "pass", ""),
        ({}, "PHI", "unknown", "pulumi stack init prod --secrets-provider"),
        ({"secretsprovider": "default"}, "PHI", "unknown", "pulumi stack change-secrets-provider"),
        ({"secretsprovider": ["a"]}, "PHI", "unknown", "pulumi stack init prod --secrets-provider"),
    ],
)
def test_secrets_of_patient_data_have_a_key(project, doctor, stack, data, outcome, fix):
    _, found = doctor(project(SETTINGS | {"data_classification": data}, **stack))
    assert found["secrets provider"]["outcome"] == outcome
    assert found["secrets provider"]["fix"].startswith(fix)


@pytest.mark.parametrize(
    ("url", "data", "outcome"),
    [
        ("file:///var/states", "PHI", "fail"),
        ("file:///var/states", "SYNTHETIC", "pass"),
        ("s3://states?region=us-east-1", "PHI", "pass"),
        (None, "PHI", "unknown"),
    ],
)
def test_states_of_patient_data_lie_in_no_file(project, doctor, url, data, outcome):
    layout = {"backend": {"url": url}} if url else {}
    _, found = doctor(project(SETTINGS | {"data_classification": data}, layout=layout))
    assert found["state back end"]["outcome"] == outcome


def test_programs_that_a_deployment_runs_are_there_or_named(project, doctor, monkeypatch, tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    _, found = doctor(project())
    assert (found["pulumi"]["outcome"], found["AWS CLI"]["outcome"]) == ("fail", "fail")
    for name, script in (("pulumi", "#!/bin/sh\necho v3.100.0\n"), ("aws", "#!/bin/sh\n")):
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    _, found = doctor(project())
    assert found["pulumi"]["message"] == "version 3.100.0; 3.250 or newer is needed"
    assert found["AWS CLI"]["outcome"] == "pass"
    (programs / "pulumi").write_text("#!/bin/sh\necho v3.257.0\n")
    _, found = doctor(project(SETTINGS | {"layer": "CLOUD"}))
    assert (found["pulumi"]["outcome"], found["AWS CLI"]["outcome"]) == ("pass", "not_applicable")
    (programs / "pulumi").write_text("#!/bin/sh\necho broken\n")
    assert doctor(project())[1]["pulumi"]["outcome"] == "unknown"


def test_without_a_region_nothing_of_the_account_is_said(project, doctor):
    _, found = doctor(project(region=None))
    assert found["region"]["outcome"] == "fail"
    assert found["GuardDuty"] == {
        "check": "GuardDuty", "outcome": "unknown", "message": "no region is named", "fix": "",
    }  # fmt: skip


def test_in_a_sandbox_nothing_is_said_of_an_account(project, doctor, monkeypatch):
    monkeypatch.setenv("HIPAA_STACK_SANDBOX", "/somewhere")
    _, found = doctor(project())
    assert found["account"]["outcome"] == "not_applicable"
    assert not CLOUD & found.keys()


def test_the_result_is_the_same_every_time_and_text_says_what_a_pass_is(project, capsys):
    directory = project(encryptionsalt="v1:x")
    said = set()
    for _ in range(2):
        assert run(["doctor", "--stack", "prod", "--dir", str(directory)]) == 1
        said.add(capsys.readouterr().out)
    (text,) = said
    assert "A pass is what was seen at this moment" in text
    assert "compliant" not in text


@pytest.mark.parametrize(
    ("files", "arguments", "message"),
    [
        ({}, [], "Pulumi.yaml: no such file; accepted: the directory of a Pulumi project. Name it with --dir"),
        ({"Pulumi.yaml": "name: x\n"}, [], "Pulumi.prod.yaml: no such file; accepted: a stack of the project: none. Name it with --stack"),
        ({"Pulumi.yaml": "name: x\n", "Pulumi.dev.yaml": ""}, [], "accepted: a stack of the project: dev."),
        ({"Pulumi.yaml": "name: [\n"}, [], "Pulumi.yaml:2: no YAML: "),
        ({"Pulumi.yaml": "- a\n"}, [], "Pulumi.yaml: got list; accepted: a mapping"),
        ({"Pulumi.yaml": "\xff".encode("latin-1")}, [], "Pulumi.yaml: cannot be read: "),
        ({"Pulumi.yaml": "name: x\n", "Pulumi.prod.yaml": "config: {a: b}\n"}, [], "no hipaa-platform:platform under config"),
        ({"Pulumi.yaml": "name: x\n", "Pulumi.prod.yaml": "config: {hipaa-platform:platform: [1]}\n"}, [], "no hipaa-platform:platform"),
        (
            {"Pulumi.yaml": "name: x\n", "Pulumi.prod.yaml": "config: {hipaa-platform:platform: {}}\n", "s.json": "[]"},
            ["--state", "s.json"],
            "s.json: not a state; accepted: what `pulumi stack export` writes",
        ),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, monkeypatch, capsys, files, arguments, message):
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert run(["doctor", "--stack", "prod", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_settings_of_another_shape_count_as_absent(project, doctor):
    wrong = {"cluster_name": ["a"], "cluster": "x", "network": [1], "threat_detection": 7, "logs": None, "layer": 3}
    code, found = doctor(project(wrong))
    assert code in (0, 1)
    assert "error" not in {finding["outcome"] for finding in found.values()}


def test_a_mistake_of_ours_is_an_error_and_hides_nothing(project, doctor, monkeypatch):
    from hipaa_stack.doctor import local

    def broken(platform):
        yield local._region(platform)
        raise RuntimeError("out of tune")

    monkeypatch.setattr(local, "look", broken)
    code, found = doctor(project())
    assert found["this machine"]["message"] == "RuntimeError: out of tune"
    assert (found["region"]["outcome"], found["GuardDuty"]["outcome"], code) == ("pass", "unknown", 3)


def test_json_says_which_schema_it_has(project, capsys):
    run(["doctor", "--stack", "prod", "--dir", str(project()), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert (report["schema"], report["stack"], report["layer"]) == ("hipaa-stack/doctor/v1", "prod", "ALL")
    assert sum(report["summary"].values()) == len(report["findings"])
    assert ADMIN not in str(report)
