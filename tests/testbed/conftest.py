"""A test bed of its own: copied scripts, a small table, a fake `go` on a private PATH and a private cache."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "testbed"

TABLE = """
[store]
what = "the store"
minutes = 1
default = true
binaries = [{ name = "stored", package = "example.org/store", flags = ["-ldflags=-w"] }]

[pulumi]
what = "the engine"
minutes = 2
default = true
binaries = [{ name = "pulumi", package = "example.org/engine" }]
scripts = [{ name = "pulumi-exec", module = "example.org/sdk", path = "cmd/pulumi-exec" }]

[extra]
what = "something more"
minutes = 1
default = false
binaries = [{ name = "extra", package = "." }]
"""

FAKE_GO = """#!{python}
import os, pathlib, subprocess, sys, time
home = pathlib.Path(__file__).parent.parent
arguments = sys.argv[1:]
with open(home / "calls", "a") as calls:
    print(*arguments, file=calls)
if arguments == ["version"]:
    print("go version " + os.environ.get("FAKE_GO_VERSION", "go1.26.8") + " linux/amd64")
elif arguments[0] == "list":
    print(home / "sdk")
elif arguments[0] == "build":
    if "FAKE_GO_FAILS" in os.environ:
        sys.exit(os.environ["FAKE_GO_FAILS"])
    if "FAKE_GO_SLEEPS" in os.environ:
        child = subprocess.Popen(["/bin/sleep", os.environ["FAKE_GO_SLEEPS"]])
        (home / "children").write_text(f"{{os.getpid()}} {{child.pid}}")
        child.wait()
    print("go: downloading example.org/store v1.0.0", file=sys.stderr)
    program = pathlib.Path(arguments[arguments.index("-o") + 1])
    program.write_text("built from " + pathlib.Path("go.mod").read_text())
    program.chmod(0o755)
"""


def _heed_signals() -> None:
    """Under nohup, or in the background of a script, a process inherits that it ignores these."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Bed:
    """The folders of one test and a way to run its build script."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def scripts(self) -> Path:
        return self.root / "testbed"

    @property
    def home(self) -> Path:
        return self.root / "cache" / "testbed"

    def environment(self, **variables: str) -> dict[str, str]:
        base = {"PATH": str(self.root / "path"), "HOME": str(self.root / "home"), "HIPAA_STACK_CACHE": str(self.root / "cache")}
        return {**base, **self.variables, **variables}

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(self.scripts / "build.py"), *arguments]
        environment = self.environment(**variables)
        return subprocess.Popen(
            command,
            env=environment,
            text=True,
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_heed_signals,  # noqa: PLW1509 - these tests have one thread
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **variables)
        output, errors = process.communicate(timeout=30)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def program(self, name: str, text: str) -> Path:
        path = self.root / "path" / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def folder_of(self, group: str) -> Path:
        return Path(self.run("--path", group).stdout.strip())

    def calls(self, verb: str) -> list[str]:
        path = self.root / "calls"
        return [line for line in path.read_text().splitlines() if line.startswith(verb)] if path.exists() else []

    def left(self) -> set[str]:
        """What lies in the cache apart from the locks and the links."""
        return {path.name for path in self.home.iterdir() if path.name != "bin" and path.suffix != ".lock"}

    def children(self) -> list[int]:
        """The processes of a sleeping `go build`, as soon as there are some."""
        path = self.root / "children"
        wait_for(lambda: path.exists() and len(path.read_text().split()) == 2)
        return [int(number) for number in path.read_text().split()]


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def alive(number: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return False
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return False
        return True
    return state != "Z"


@pytest.fixture
def testbed(tmp_path: Path) -> Bed:
    bed = Bed(tmp_path)
    for folder in ("testbed/store", "testbed/pulumi", "testbed/extra", "path", "home", "sdk/cmd"):
        (tmp_path / folder).mkdir(parents=True)
    for script in SCRIPTS.glob("*.py"):
        shutil.copy(script, bed.scripts)
    (bed.scripts / "binaries.toml").write_text(TABLE)
    for group in ("store", "pulumi", "extra"):
        (bed.scripts / group / "go.mod").write_text(f"module {group}\n")
        (bed.scripts / group / "go.sum").write_text("")
    (bed.scripts / "extra" / "main.go").write_text("package main\n")
    (tmp_path / "sdk/cmd/pulumi-exec").write_text("#!/bin/sh\n")
    bed.program("go", FAKE_GO.format(python=sys.executable))
    return bed
