"""What a run prints, writes and answers, with suites that measure nothing."""

import json

import pytest
import run
from figures import BenchError, Figure, Goal, Suite, Unit


def suite(measured):
    bare = Figure("bare Python", Unit.SECONDS, [0.01, 0.02, 0.03])
    own = Figure("import hipaa_stack", Unit.SECONDS, [0.02, 0.04, 0.09], bare)
    return Suite("Imports", [bare, own], [Goal("imports are quick", Unit.SECONDS, measured, 0.1)])


@pytest.fixture
def measuring(monkeypatch):
    def install(measured):
        monkeypatch.setattr(run, "SUITES", {"imports": lambda _directory, _progress: [suite(measured)]})
        monkeypatch.setattr(run, "describe_machine", lambda: {"cores": 2})

    return install


@pytest.mark.parametrize(
    ("measured", "arguments", "code", "verdict"),
    [
        pytest.param(0.04, [], 0, "OK       imports are quick: 0.04 s", id="met"),
        pytest.param(0.04, ["--strict"], 0, "OK       imports are quick: 0.04 s", id="met, strict"),
        pytest.param(0.2, [], 0, "NOT MET  imports are quick: 0.2 s", id="missed"),
        pytest.param(0.2, ["--strict"], 1, "NOT MET  imports are quick: 0.2 s", id="missed, strict"),
    ],
)
def test_a_missed_goal_is_printed_and_fails_a_strict_run(measuring, capsys, measured, arguments, code, verdict):
    measuring(measured)
    assert run.main(arguments) == code
    printed = capsys.readouterr().out
    assert verdict in printed.splitlines()
    row = next(line for line in printed.splitlines() if "import hipaa_stack" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["import hipaa_stack", "0.04 s", "0.02 s", "0.09 s", "2.00", "bare Python"]


def test_every_value_is_written_as_json(measuring, tmp_path):
    measuring(0.04)
    assert run.main(["--json", str(tmp_path / "figures.json")]) == 0
    written = json.loads((tmp_path / "figures.json").read_text())
    assert written["machine"]["cores"] == 2
    assert written["suites"] == [suite(0.04).to_json()]


def test_what_could_not_be_measured_is_one_sentence(monkeypatch, capsys):
    def broken(_directory, _progress):
        raise BenchError("pulumi preview: ended with 255")

    monkeypatch.setattr(run, "SUITES", {"previews": broken})
    assert run.main([]) == 2
    assert capsys.readouterr().err == "error: pulumi preview: ended with 255\n"
