import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.run import run
from hipaa_stack.sandbox.supervisor import MARKER, kill_marked, marked

SECONDS = 20


def environment(directory):
    return {**os.environ, MARKER: str(directory)}


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)])
def test_the_exit_code_is_the_commands(tmp_path, script, code):
    assert run(["sh", "-c", script], tmp_path, environment(tmp_path)) == code


def test_the_command_is_found_on_the_sandboxs_path(tmp_path):
    program = tmp_path / "bin" / "own"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    assert run(["own"], tmp_path, environment(tmp_path) | {"PATH": str(program.parent)}) == 3


def test_an_unknown_program_is_named(tmp_path):
    with pytest.raises(HipaaStackError, match="no-such-program: no such program on PATH"):
        run(["no-such-program"], tmp_path, environment(tmp_path))


def interrupted(directory, script, *signals):
    """Exit code and output of a run of `script` whose owner gets the signals, each after a line of output."""
    code = f"""
        import os, sys
        from pathlib import Path
        from hipaa_stack.sandbox.run import run
        from hipaa_stack.sandbox.supervisor import MARKER
        directory = Path({str(directory)!r})
        sys.exit(run(["bash", "-c", {script!r}], directory, {{**os.environ, MARKER: str(directory)}}))
    """
    owner = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    lines = []
    limit = threading.Timer(SECONDS, kill_marked, [directory])
    limit.start()
    try:
        for number in signals:
            lines.append(owner.stdout.readline())
            owner.send_signal(number)
        lines += owner.stdout.readlines()
        return owner.wait(timeout=SECONDS), "".join(lines)
    finally:
        limit.cancel()
        owner.kill()
        owner.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_reaches_the_command_which_ends_in_its_own_time(tmp_path, number):
    script = (
        f"trap 'echo caught; sleep 0.2; echo done; exit 5' {number.name.removeprefix('SIG')}; echo ready; while true; do sleep 0.05; done"
    )
    assert interrupted(tmp_path, script, number) == (5, "ready\ncaught\ndone\n")


def test_a_second_interrupt_kills(tmp_path):
    script = "trap 'echo caught' INT; echo ready; while true; do sleep 0.05; done"
    code, output = interrupted(tmp_path, script, signal.SIGINT, signal.SIGINT)
    assert code == 128 + signal.SIGKILL
    assert output == "ready\ncaught\n"
    assert marked(tmp_path) == []


def test_what_a_shell_leaves_behind_may_put_things_in_order(tmp_path):
    """A shell ends at once on SIGTERM; a program below it, which still works, is waited for."""
    script = f"(trap 'sleep 0.5; echo in order > {tmp_path}/order; exit' TERM; echo ready; while true; do sleep 0.05; done) & wait"
    interrupted(tmp_path, script, signal.SIGTERM)
    assert (tmp_path / "order").read_text() == "in order\n"
