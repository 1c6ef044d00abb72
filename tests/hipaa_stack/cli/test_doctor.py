"""`hipaa-stack doctor` as a user runs it: a process, its exit code, and nothing but the result on stdout."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run

ROOT = Path(__file__).parents[3]
NOWHERE = {"AWS_CONFIG_FILE": "/none", "AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_EC2_METADATA_DISABLED": "true"}


def doctor(*options, **environment):
    base = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "HIPAA_STACK_SANDBOX"))}
    command = [sys.executable, "-m", "hipaa_stack", "doctor", "--dir", str(ROOT), *options]
    return subprocess.run(command, env=base | NOWHERE | environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("stack", ["dev", "small-production", "regulated-production-cloud", "regulated-production-baseline"])
def test_every_reference_stack_is_looked_at_without_credentials(stack):
    done = doctor("--stack", stack)
    assert done.stderr == ""
    assert done.returncode in {ExitCode.CLEAN, ExitCode.FINDINGS}  # is Pulumi on PATH here?
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"stack {stack}, layer ")
    assert any(re.fullmatch("UNKNOWN +caller +no credentials of AWS were found", line) for line in lines)
    assert lines[-1] == "A pass is what was seen at this moment, not a promise that AWS will accept the deployment."


def test_the_same_run_gives_the_same_bytes():
    first, second = (doctor("--stack", "dev", "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout
    report = json.loads(first.stdout)
    assert report["schema"] == "hipaa-stack/doctor/v1"
    assert sum(report["summary"].values()) == len(report["findings"])


def test_what_fails_makes_the_exit_code_1():
    assert doctor("--stack", "small-production", PULUMI_BACKEND_URL="file:///var/states").returncode == ExitCode.FINDINGS


def test_what_is_unknown_counts_when_asked(monkeypatch, capsys):
    import hipaa_stack.cli.doctor as verb
    from hipaa_stack.doctor._finding import unknown

    monkeypatch.setattr(verb, "examine", lambda *_: [unknown("caller", message="nothing", fix="log in")])
    arguments = ["doctor", "--stack", "dev", "--dir", str(ROOT)]
    assert (run(arguments), run([*arguments, "--strict"])) == (ExitCode.CLEAN, ExitCode.FINDINGS)


def test_a_mistake_of_ours_is_an_error_that_hides_nothing(monkeypatch, capsys):
    from hipaa_stack.doctor import aws, local

    monkeypatch.setattr(local, "_pulumi", lambda: 1 / 0)
    monkeypatch.setattr(aws, "Account", lambda *_: None)
    run(["doctor", "--stack", "dev", "--dir", str(ROOT), "--format", "json"])
    found = {each["check"]: each["outcome"] for each in json.loads(capsys.readouterr().out)["findings"]}
    assert (found["pulumi"], found["caller"], found["region"]) == ("error", "error", "pass")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stack", "none"], "no such file; accepted: a stack of the project: "),
        ([], "Missing option '--stack'"),
        (["--stack", "dev", "--state", str(ROOT / "README.md")], "not a state; accepted: what `pulumi stack export` writes"),
    ],
)
def test_wrong_arguments_are_one_message(arguments, said):
    done = doctor(*arguments)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_boto3_is_imported_when_an_account_is_looked_at():
    code = "import sys, hipaa_stack.cli.main, hipaa_stack.cli.doctor; print([name for name in sys.modules if name.startswith('boto')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
