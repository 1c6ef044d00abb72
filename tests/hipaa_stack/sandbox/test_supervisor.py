import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from hipaa_stack.sandbox import supervisor

SECONDS = 10


def start(directory: Path, code: str = "exec sleep 100", **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sh", "-c", code], env={**os.environ, supervisor.MARKER: str(directory)}, **options)


def gone(directory: Path) -> bool:
    deadline = time.monotonic() + SECONDS
    while supervisor.marked(directory) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not supervisor.marked(directory)


@pytest.fixture
def directory(tmp_path):
    yield tmp_path
    supervisor.kill_marked(tmp_path)


def test_only_processes_of_the_directory_are_marked(directory):
    own, other = start(directory), start(directory / "other")
    try:
        assert supervisor.marked(directory) == [own.pid]
    finally:
        other.kill()
        other.wait()


def test_a_directory_whose_name_begins_alike_is_another(directory):
    start(directory / "sandbox-10")
    assert supervisor.marked(directory / "sandbox-1") == []
    supervisor.kill_marked(directory / "sandbox-10")


@pytest.mark.parametrize("options", [{}, {"process_group": 0}, {"start_new_session": True}], ids=["plain", "own group", "own session"])
def test_killing_reaches_children_wherever_they_moved(directory, options):
    process = start(directory, "sleep 100 & sleep 100 & wait", **options)
    while len(supervisor.marked(directory)) < 3:
        time.sleep(0.01)
    supervisor.kill_marked(directory)
    process.wait()
    assert supervisor.marked(directory) == []


def test_a_watchdog_kills_and_removes_when_it_is_closed(directory):
    folder = directory / "to-remove"
    folder.mkdir()
    watchdog = supervisor.Watchdog(directory, remove=[folder])
    process = start(directory)
    watchdog.close()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert not folder.exists()


def test_what_a_killed_owner_started_ends_and_its_directory_goes(directory):
    folder = directory / "to-remove"
    folder.mkdir()
    code = f"""
        import os, subprocess, sys, time
        from pathlib import Path
        from hipaa_stack.sandbox.supervisor import MARKER, Watchdog
        watchdog = Watchdog(Path({str(directory)!r}), remove=[Path({str(folder)!r})])
        subprocess.Popen(["sleep", "100"], env={{**os.environ, MARKER: {str(directory)!r}}}, start_new_session=True)
        print("ready", flush=True)
        time.sleep(100)
    """
    owner = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    assert supervisor.marked(directory)
    owner.kill()
    owner.wait()
    assert gone(directory)
    deadline = time.monotonic() + SECONDS
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()


def test_ps_finds_what_proc_finds(directory):
    """The way of systems without /proc, as far as this system's ps prints environments the same way."""
    process = start(directory)
    listing = f"  {process.pid} sleep 100 PATH=/bin {supervisor.MARKER}={directory}\n  1 init {supervisor.MARKER}={directory}-other\n"
    fake = directory / "ps"
    fake.write_text(f"#!/bin/sh\nprintf '%s' '{listing}'\n")
    fake.chmod(0o755)
    original = os.environ["PATH"]
    os.environ["PATH"] = f"{directory}:{original}"
    try:
        assert supervisor._marked_ps(f"{supervisor.MARKER}={directory}") == [process.pid]
    finally:
        os.environ["PATH"] = original
