"""Interrupted, killed, side by side: a sandbox leaves no process and no lock behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hipaa_stack.sandbox.supervisor import marked

pytestmark = pytest.mark.engine

SECONDS = 60

SLOW = """
import time
from pathlib import Path
import pulumi, pulumi_aws as aws
bucket = aws.s3.Bucket("records", bucket="records")
print("program is running", flush=True)
time.sleep(100)
"""

OBJECT = """
import pulumi_kubernetes as k8s
k8s.core.v1.Namespace("ns", metadata={"name": "kept"})
"""


def start(project, *arguments):
    command = [sys.executable, "-m", "hipaa_stack", "sandbox", *arguments]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=project, text=True, env={**os.environ, "NO_COLOR": "1"}, **pipes)


def read_until(process, text):
    """The output up to the line that contains the text."""
    lines = []
    while not lines or text not in lines[-1]:
        line = process.stdout.readline()
        assert line, f"ended without {text!r}: {''.join(lines)}"
        lines.append(line)
    return "".join(lines)


def eventually(answer):
    deadline = time.monotonic() + SECONDS
    while not (found := answer()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def programs(directory):
    """Names of the programs that run in the sandbox."""
    found = set()
    for pid in marked(directory):
        try:
            found.add(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("shell", [False, True], ids=["alone", "below a shell"])
def test_an_interrupt_ends_everything_and_frees_the_stack(make_project, tmp_path, number, shell):
    project, place = make_project({"__main__.py": SLOW}), tmp_path / "kept"
    command = ["bash", "-c", "pulumi up --yes --skip-preview; true"] if shell else ["pulumi", "up", "--yes", "--skip-preview"]
    process = start(project, "--dir", str(place), "--", *command)
    read_until(process, "program is running")
    began = time.monotonic()
    process.send_signal(number)
    output = process.stdout.read()
    assert process.wait(timeout=SECONDS) != 0 or shell
    assert time.monotonic() - began < 20
    assert "end of the simulation" in output
    assert marked(place) == []
    assert list((place / "backend" / ".pulumi" / "locks").rglob("*.json")) == []


@pytest.mark.cluster
@pytest.mark.parametrize("keep", [False, True], ids=["temporary", "kept"])
def test_a_killed_sandbox_leaves_no_process(make_project, tmp_path, keep):
    project, place = make_project({"__main__.py": SLOW}), tmp_path / "kept"
    options = ["--dir", str(place)] if keep else []
    process = start(project, *options, "--kubernetes", "local", "--", "pulumi", "up", "--yes", "--skip-preview")
    first = read_until(process, "everything lies in")
    directory = place if keep else Path(first.partition("everything lies in ")[2].partition(" (removed")[0])
    read_until(process, "program is running")
    assert len(programs(directory)) >= 3  # engine, language host, program
    assert len(programs(directory / "kubernetes")) == 3
    process.kill()
    process.wait()
    assert eventually(lambda: not marked(directory) and not marked(directory / "kubernetes"))
    assert eventually(lambda: directory.exists() is keep)


def test_a_stack_that_a_killed_sandbox_held_is_free_in_the_next(make_project, tmp_path):
    project, place = make_project({"__main__.py": SLOW}), tmp_path / "kept"
    process = start(project, "--dir", str(place), "--", "pulumi", "up", "--yes", "--skip-preview")
    read_until(process, "program is running")
    process.kill()
    process.wait()
    assert eventually(lambda: not marked(place))
    (project / "__main__.py").write_text(SLOW.replace("time.sleep(100)", ""))
    again = start(project, "--dir", str(place), "--", "pulumi", "up", "--yes", "--skip-preview")
    output = again.stdout.read()
    assert again.wait() == 0, output
    assert "locked" not in output


def test_a_directory_is_for_one_sandbox_at_a_time(make_project, tmp_path):
    project, place = make_project({"__main__.py": SLOW}), tmp_path / "kept"
    first = start(project, "--dir", str(place), "--", "sh", "-c", "echo begun; sleep 100")
    read_until(first, "begun")
    second = start(project, "--dir", str(place), "--", "true")
    assert f"error: {place}: another sandbox runs in this directory" in second.stdout.read()
    assert second.wait() == 2
    first.terminate()
    first.wait()
    third = start(project, "--dir", str(place), "--", "true")
    assert third.wait() == 0, third.stdout.read()


@pytest.mark.cluster
def test_two_sandboxes_run_side_by_side(make_project):
    """Each has an API server of its own: the same namespace is created in both."""
    project = make_project({"__main__.py": OBJECT})
    both = [start(project, "--kubernetes", "local", "--", "pulumi", "up", "--yes", "--skip-preview") for _ in range(2)]
    for process in both:
        output = process.stdout.read()
        assert process.wait() == 0, output
        assert "+ 2 created" in output


@pytest.mark.cluster
def test_a_kept_directory_keeps_its_cluster(make_project, tmp_path):
    project, place = make_project({"__main__.py": OBJECT}), str(tmp_path / "kept")
    options = ["--dir", place, "--kubernetes", "local", "--"]
    for command in (
        ["up", "--yes", "--skip-preview"],
        ["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
        ["preview", "--expect-no-changes"],
    ):
        process = start(project, *options, "pulumi", *command)
        output = process.stdout.read()
        assert process.wait() == 0, output


@pytest.mark.cluster
def test_a_kept_cluster_whose_port_is_taken_says_so(make_project, tmp_path):
    project, place = make_project({"__main__.py": OBJECT}), tmp_path / "kept"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        (place / "kubernetes").mkdir(parents=True)
        (place / "kubernetes" / "address.json").write_text(json.dumps({"port": listener.getsockname()[1]}))
        process = start(project, "--dir", str(place), "--kubernetes", "local", "--", "true")
        assert "is in use by another program" in process.stdout.read()
        assert process.wait() == 2
