"""`hipaa-stack check`: exit codes, what goes to stdout and what to stderr, selection, profiles and waivers."""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_stack.cli import check as verb
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run
from hipaa_stack.evaluation import FOOTER
from hipaa_stack.reports import FORMATS
from hipaa_stack.rules import Cite, Proposed, Severity, rule
from hipaa_stack.settings import Profile

POD = "kubernetes:core/v1:Pod"
CITES = (Cite("164.312(a)(1)", "it limits access"),)


def make(id_, severity, profile, key, **more):
    @rule(id=id_, title=f"{key} is off", severity=severity, types=(POD,), cites=CITES, fix=f"Switch {key} off.", profile=profile, **more)
    def check(pod):
        if pod.boolean(f"spec.{key}"):
            yield pod.fail(f"spec.{key}", f"{key} is on")

    return check


@rule(id="TEST-CRASH-001", title="Rules do not crash", severity=Severity.LOW, types=(POD,), cites=CITES, fix="Report it.")
def crash(pod):
    if pod.present("spec.crash"):
        raise ZeroDivisionError
    yield from ()


RULES = (
    crash,
    make("TEST-POD-001", Severity.HIGH, Profile.REQUIRED, "high", tags=("nsa", "pss:baseline")),
    make("TEST-POD-002", Severity.LOW, Profile.REQUIRED, "low", tags=("nsa",)),
    make("TEST-POD-003", Severity.HIGH, Profile.RECOMMENDED, "advised"),
    make("TEST-POD-004", Severity.HIGH, Profile.NPRM_2025, "proposed", proposed=(Proposed.ENCRYPTION,)),
)


@pytest.fixture(autouse=True)
def rules(monkeypatch, tmp_path):
    monkeypatch.setattr(verb, "all_rules", lambda: RULES)
    monkeypatch.chdir(tmp_path)


def pod(file, **spec):
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": Path(file).stem, "namespace": "shop"}, "spec": spec}
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps(manifest))
    return file


def waivers(file="waivers.yaml", *, rule="TEST-POD-001", days=100, resource="a"):
    reviewed = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=200)
    waiver = {
        "rule": rule,
        "resource": resource,
        "justification": "It has been accepted for a while.",
        "approver": "Security officer",
        "reviewed_on": reviewed.isoformat(),
        "risk_analysis_ref": "RA-1",
        "expires": (reviewed + dt.timedelta(days=200 + days)).isoformat(),
    }
    Path(file).write_text(json.dumps({"waivers": [waiver]}))
    return file


def findings(capsys):
    captured = capsys.readouterr()
    return [(finding["rule"], finding["outcome"], finding["level"]) for finding in json.loads(captured.out)["findings"]]


# Exit codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "options", "code"),
    [
        ({"high": False}, "", ExitCode.CLEAN),
        ({"high": True}, "", ExitCode.FINDINGS),
        ({"low": True}, "", ExitCode.FINDINGS),
        ({"low": True}, "--fail-on medium", ExitCode.CLEAN),
        ({"high": True}, "--fail-on high", ExitCode.FINDINGS),
        ({"high": True}, "--fail-on critical", ExitCode.CLEAN),
        ({"high": "yes"}, "", ExitCode.CLEAN),
        ({"high": "yes"}, "--strict", ExitCode.FINDINGS),
        ({"high": "yes"}, "--strict --fail-on critical", ExitCode.CLEAN),
        ({"advised": True}, "", ExitCode.CLEAN),
        ({"advised": True}, "--profile recommended", ExitCode.CLEAN),
        ({"advised": True}, "--profile recommended --strict", ExitCode.FINDINGS),
        ({"proposed": True}, "--profile nprm-2025", ExitCode.CLEAN),
        ({"crash": True}, "", ExitCode.UNREADABLE),
        ({"crash": True, "high": True}, "", ExitCode.FINDINGS),
        ({"crash": True, "high": True}, "--fail-on critical", ExitCode.UNREADABLE),
        ({"high": True}, "--ignore TEST-POD-001", ExitCode.CLEAN),
        ({"high": True}, "--select pss:baseline", ExitCode.FINDINGS),
        ({"high": True}, "--select nsa --ignore pss:baseline", ExitCode.CLEAN),
        ({"high": True}, "--select test-pod-001", ExitCode.FINDINGS),
    ],
)
def test_exit_code(spec, options, code):
    assert run(["check", pod("a.json", **spec), *options.split()]) == code


def test_what_cannot_be_read_is_exit_code_3_and_the_rest_is_checked(capsys):
    Path("bad.json").write_text('{"apiVersion": "v1", "kind"')
    assert run(["check", "bad.json", pod("a.json"), "--format", "json"]) == ExitCode.UNREADABLE
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["summary"]["resources"] == 1
    assert [problem["source"] for problem in document["problems"]] == ["bad.json"]
    assert captured.err.startswith("bad.json:1: ")
    assert captured.err.count("\n") == 1


def test_names_of_files_cannot_steer_a_terminal(capsys):
    assert run(["check", "\x1b[2J\n.yaml"]) == ExitCode.UNREADABLE
    assert capsys.readouterr().err.startswith("\\x1b[2J\\n.yaml: ")


def test_findings_win_over_what_cannot_be_read():
    assert run(["check", "gone.yaml", pod("a.json", high=True)]) == ExitCode.FINDINGS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("check", "Missing argument 'PATH...'"),
        ("check a.json --format xml", "'xml' is not one of 'csv', 'json', 'junit', 'sarif', 'text'"),
        ("check a.json --profile loose", "'loose' is not one of 'required', 'recommended', 'strict', 'nprm-2025'"),
        ("check a.json --fail-on none", "'none' is not one of 'low', 'medium', 'high', 'critical'"),
        ("check a.json --select TEST-POD-1", "--select: got 'TEST-POD-1'; accepted: the id or a tag of a rule"),
        ("check a.json --select TEST-POD-1", "did you mean TEST-POD-001?"),
        ("check a.json --ignore pss:baselin", "did you mean pss:baseline?"),
        ("check a.json --select nsa --ignore nsa", "--select and --ignore leave no rule"),
        ("check a.json --select TEST-POD-003", "profile required does not hold TEST-POD-003 (--profile recommended)"),
        ("check a.json --config gone.yaml", "gone.yaml: No such file or directory; accepted: a readable hipaa-stack.yaml"),
        ("check a.json --waivers a.json", "a.json:1: apiVersion: unknown setting; accepted: waivers"),
        ("check a.json --out no/such/folder.json", "no/such/folder.json: No such file or directory"),
    ],
)
def test_wrong_arguments_are_one_message_and_exit_code_2(capsys, line, message):
    pod("a.json")
    assert run(line.split()) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(("error", "code"), [(ZeroDivisionError(), ExitCode.INTERNAL), (KeyboardInterrupt(), ExitCode.INTERRUPTED)])
def test_mistakes_of_ours_and_interrupts(monkeypatch, error, code):
    def fail(*_):
        raise error

    monkeypatch.setattr(verb, "read", fail)
    assert run(["check", "a.json"]) == code
    assert gc.isenabled()


# Settings --------------------------------------------------------------------------------------------------


def test_the_command_line_wins_over_the_settings_file(capsys):
    Path("hipaa-stack.yaml").write_text("profile: recommended\nstrict: true\n")
    file = pod("a.json", advised=True)
    assert run(["check", file, "--config", "hipaa-stack.yaml", "--format", "json"]) == ExitCode.FINDINGS
    assert findings(capsys) == [("TEST-POD-003", "fail", "advisory")]
    assert run(["check", file, "--config", "hipaa-stack.yaml", "--profile", "required", "--format", "json"]) == ExitCode.CLEAN
    assert findings(capsys) == []


@pytest.mark.parametrize("option", ["--config", "--waivers"])
def test_a_waived_finding_counts_no_more_and_stays_visible(capsys, option):
    assert run(["check", pod("a.json", high=True), option, waivers(), "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    assert (document["summary"]["fail"], document["summary"]["waived"]) == (0, 1)
    assert document["findings"][0]["waiver"]["by"] == "Security officer"


def test_waivers_of_both_files_count():
    file, more = pod("a.json", high=True, low=True), waivers("more.yaml", rule="TEST-POD-002")
    assert run(["check", file, "--config", waivers()]) == ExitCode.FINDINGS
    assert run(["check", file, "--config", waivers(), "--waivers", more]) == ExitCode.CLEAN


def test_an_expired_waiver_is_a_violation_and_says_so(capsys):
    assert run(["check", pod("a.json", high=True), "--waivers", waivers(days=-1)]) == ExitCode.FINDINGS
    assert "waiver of TEST-POD-001 for a: expired on " in capsys.readouterr().err


def test_an_unused_waiver_is_a_notice(capsys):
    assert run(["check", pod("a.json"), "--waivers", waivers()]) == ExitCode.CLEAN
    assert capsys.readouterr().err == "waiver of TEST-POD-001 for a: covers no finding; remove it\n"


# Result ----------------------------------------------------------------------------------------------------


def test_only_what_matters_is_listed_and_everything_with_all(capsys):
    file = pod("a.json", high=True, low="?")
    run(["check", file, "--format", "json"])
    assert findings(capsys) == [("TEST-POD-001", "fail", "mandatory"), ("TEST-POD-002", "unknown", "advisory")]
    run(["check", file, "--format", "json", "--all"])
    assert [outcome for _, outcome, _ in findings(capsys)] == ["pass", "fail", "unknown"]


def test_findings_are_sorted_by_source_resource_rule_and_path(capsys):
    for file in ("b/2.json", "b/1.json", "a.json"):
        pod(file, high=True, low=True)
    run(["check", "b", "a.json", "--format", "json"])
    listed = [(finding["resource"]["source"], finding["rule"]) for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert listed == [(file, id_) for file in ("a.json", "b/1.json", "b/2.json") for id_ in ("TEST-POD-001", "TEST-POD-002")]


def test_yaml_findings_have_lines(capsys):
    Path("a.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  high: true\n")
    run(["check", "a.yaml"])
    assert "at a.yaml:6  spec.high" in capsys.readouterr().out


def test_out_is_a_file_and_stdout_stays_empty(capsys):
    run(["check", pod("a.json", high=True), "--out", "result.txt"])
    assert capsys.readouterr().out == ""
    assert Path("result.txt").read_text().endswith(f"{FOOTER}\n")


def test_a_dash_is_the_standard_input(monkeypatch, capsys):
    content = Path(pod("a.json", high=True)).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run(["check", "-", "--format", "json"]) == ExitCode.FINDINGS
    assert json.loads(capsys.readouterr().out)["findings"][0]["resource"]["source"] == "-"


# As a process ----------------------------------------------------------------------------------------------


PRIVILEGED = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "a"},
    "spec": {"containers": [{"securityContext": {"privileged": True}}]},
}


def command(*arguments, **environment):
    return [sys.executable, "-m", "hipaa_stack", "check", *arguments], {"env": {"PYTHONPATH": ":".join(sys.path), **environment}}


@pytest.mark.parametrize("format_", FORMATS)
def test_two_runs_give_the_same_bytes(format_):
    for number in range(3):
        Path(f"{number}.json").write_text(json.dumps(PRIVILEGED))
    results = []
    for seed in ("1", "2"):
        line, more = command(".", "--all", "--profile", "recommended", "--format", format_, PYTHONHASHSEED=seed)
        results.append(subprocess.run(line, capture_output=True, check=False, **more))
    assert results[0].returncode == ExitCode.FINDINGS
    assert results[0].stdout == results[1].stdout
    assert results[0].stdout


def test_the_result_is_utf_8_wherever_it_is_shown():
    Path("a.json").write_text(json.dumps({**PRIVILEGED, "metadata": {"name": "größe\ud800"}}))
    line, more = command("a.json", PYTHONIOENCODING="ascii", LC_ALL="C")
    result = subprocess.run(line, capture_output=True, check=False, **more)
    assert "Pod größe\\ud800".encode() in result.stdout
    assert result.stderr == b""


def test_a_reader_that_stops_changes_nothing():
    for number in range(200):
        Path(f"{number}.json").write_text(json.dumps(PRIVILEGED))
    line, more = command(".")
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == ExitCode.FINDINGS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device of a full disk is there on Linux only")
def test_a_result_that_cannot_be_written_is_one_line():
    Path("a.json").write_text(json.dumps(PRIVILEGED))
    line, more = command("a.json")
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False, **more)
    assert (result.returncode, result.stderr) == (
        ExitCode.USAGE,
        "error: stdout: No space left on device; the result is not complete\n",
    )
