"""The server of the pack as a process: it ends with its engine, and runs from an installed wheel."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hipaa_stack.crossguard import pack_path
from hipaa_stack.evaluation import FOOTER

from .conftest import HEAD, servers

SECONDS = 30
SLOW = "pod('good')\nimport time\nprint('program is running', flush=True)\ntime.sleep(120)\n"


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_cancelled_run_leaves_no_server(sandbox, make_project, number):
    box = sandbox(make_project({"__main__.py": HEAD + SLOW}))
    engine = box.start("preview", f"--policy-pack={pack_path()}")
    try:
        wait_for(lambda: servers(box.directory), "the pack never started")
        engine.send_signal(number)
        engine.communicate(timeout=SECONDS)
        assert engine.returncode != 0
        wait_for(lambda: not servers(box.directory), "the server outlived its engine")
    finally:
        engine.kill()
        engine.communicate()


def test_the_pack_runs_from_an_installed_wheel_outside_the_checkout(sandbox, make_project, tmp_path: Path, wheel_file: Path):
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(installed), str(wheel_file)], check=True)
    module = installed / "hipaa_stack" / "evaluation.py"
    module.write_text(module.read_text().replace(FOOTER, f"From the wheel: {FOOTER}"))  # to see which copy speaks
    box = sandbox(make_project({"__main__.py": HEAD + "pod('bad', privileged=True)"}))
    pack = installed / "hipaa_stack" / "crossguard" / "pack"
    result = box.pulumi("preview", f"--policy-pack={pack}", check=False, env={"PYTHONPATH": str(installed)})
    assert result.returncode != 0
    assert "K8S-POD-001" in result.stdout
    assert f"From the wheel: {FOOTER}" in result.stdout
