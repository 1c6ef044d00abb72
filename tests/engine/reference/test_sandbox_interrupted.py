"""`hipaa-stack sandbox` is interrupted in the middle of an up: nothing keeps running, no lock is left, a rerun completes."""

import os
import signal
import subprocess
import sys

import pytest

from hipaa_stack.sandbox.supervisor import marked

from .stack import ROOT, UP, wait_until

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(("number", "asked"), [(signal.SIGINT, []), (signal.SIGKILL, ["refresh"])])
def test_an_interrupted_sandbox_leaves_nothing_behind_and_is_taken_up_again(open_reference, expected, tmp_path, number, asked):
    interrupted = sandbox(tmp_path)
    journal = tmp_path / "journal.jsonl"
    wait_until(lambda: journal.exists() and journal.read_text().count('"rpc":"Create"') >= 25, "25 objects are made")
    interrupted.send_signal(number)
    output = interrupted.communicate()[0]
    assert interrupted.returncode, output
    wait_until(lambda: not marked(tmp_path) + marked(tmp_path / "kubernetes"), "all processes have ended")
    if number == signal.SIGINT:
        assert not list((tmp_path / "backend" / ".pulumi" / "locks").rglob("*.json"))

    rerun = sandbox(tmp_path)
    output = rerun.communicate()[0]
    assert rerun.returncode == 0, output
    with open_reference("dev", kubernetes=False, directory=tmp_path, local_kubernetes=True) as stack:
        assert stack.up_again_as_pulumi_asks() == asked
        stack.assert_holds_exactly(expected)
        stack.up("--expect-no-changes")


def sandbox(directory):
    """The command of the reference stack, as a user types it."""
    command = [sys.executable, "-m", "hipaa_stack", "sandbox", "--dir", str(directory), "--kubernetes", "local", "--"]
    engine = ["pulumi", *UP, "--stack", "dev", "--non-interactive"]
    environment = os.environ | {"NO_COLOR": "1"}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen([*command, *engine], cwd=ROOT, env=environment, text=True, **pipes)
