import subprocess
import sys

import pytest

from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.cli.main import run
from hipaa_stack.errors import HipaaStackError


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "No such command 'nonsense'"),
        ("sandbox", "Missing argument 'COMMAND...'"),
        ("sandbox --bogus -- true", "No such option '--bogus'"),
        (
            "sandbox --fault fail -- true",
            "'fail' is no fault: give fail|throttle|hang|die, an @ and the number of the create, such as fail@5",
        ),
        ("sandbox --fault burn@1 -- true", "'burn@1' is no fault"),
        ("sandbox --fault fail@0 -- true", "'fail@0' is no fault"),
        ("sandbox --kubernetes kind -- true", "'kind' is not one of 'none', 'local'"),
        ("sandbox --api slow -- true", "'slow' is not one of 'reachable', 'unreachable'"),
        ("sandbox --nodes 2 -- true", "--nodes needs --kubernetes local"),
        ("sandbox --state none.json -- true", "none.json: cannot be read as an exported state"),
    ],
)
def test_wrong_arguments_are_one_message_and_exit_code_2(capsys, line, message):
    assert run(line.split()) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert message.replace("'--bogus'", "--bogus") in captured.err.replace("'--bogus'", "--bogus")
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("line", ["--help", "-h", "sandbox --help", "--version"])
def test_help_goes_to_stdout(capsys, line):
    assert run(line.split()) == ExitCode.CLEAN
    assert "hipaa-stack" in capsys.readouterr().out


@pytest.mark.parametrize(("error", "code"), [(HipaaStackError("where: what"), ExitCode.USAGE), (KeyboardInterrupt(), ExitCode.INTERRUPTED)])
def test_errors_become_exit_codes(monkeypatch, capsys, error, code):
    import hipaa_stack.cli.sandbox as verb

    def fail(*_):
        raise error

    monkeypatch.setattr(verb, "Session", fail)
    assert run(["sandbox", "--", "true"]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_mistake_of_ours_shows_where_it_is(monkeypatch, capsys):
    import hipaa_stack.cli.sandbox as verb

    monkeypatch.setattr(verb, "Session", lambda _: 1 / 0)
    assert run(["sandbox", "--", "true"]) == ExitCode.INTERNAL
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_without_what_a_verb_imports_one_sentence_says_what_to_install(tmp_path):
    (tmp_path / "cryptography.py").write_text("raise ModuleNotFoundError(name=__name__)")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from hipaa_stack.cli import main; main()"
    result = subprocess.run([sys.executable, "-c", code, "sandbox", "--", "true"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (
        ExitCode.USAGE,
        "error: `sandbox` needs cryptography: pip install 'hipaa-stack[sandbox]'\n",
    )


def test_without_click_one_sentence_says_what_to_install(tmp_path):
    for name in ("click", "rich"):
        (tmp_path / f"{name}.py").write_text("raise ModuleNotFoundError(name=__name__)")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from hipaa_stack.cli import main; main()"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == ExitCode.USAGE
    assert result.stderr == "error: the command line needs more packages: pip install 'hipaa-stack[cli]'\n"
