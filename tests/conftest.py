"""Fixtures that every test may use: a local Kubernetes, and sandboxes that run the real engine.

def test_preview(sandbox, local_kubernetes):
    box = sandbox(PROJECT, kubernetes=local_kubernetes)
    box.pulumi("up", "--yes")
    assert box.state("dev")["resources"]
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from hipaa_stack.sandbox.config import Fault
from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.session import Api, Options, Session

COMMAND_SECONDS = 300


class Box:
    """A sandbox around one Pulumi project, open until the test ends."""

    def __init__(self, session: Session, project: Path) -> None:
        self.session = session
        self.project = project
        self.directory = session.directory
        self.kubernetes = session.kubernetes

    def pulumi(self, *arguments: str, check: bool = True, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs one Pulumi command in the project to its end; with `check`, a failure fails the test and shows the output."""
        process = self.start(*arguments, env=env)
        try:
            output, errors = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            pytest.fail(f"pulumi {' '.join(arguments)} took more than {COMMAND_SECONDS} s\n{output}\n{errors}")
        if check and process.returncode:
            pytest.fail(f"pulumi {' '.join(arguments)} ended with {process.returncode}\n{output}\n{errors}")
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Starts one Pulumi command and does not wait; the process becomes the engine, so a signal reaches the engine itself."""
        environment = self.session.environment | {"NO_COLOR": "1"} | dict(env or {})
        command = [str(self.directory / "bin" / "pulumi"), "--non-interactive", *arguments]
        return subprocess.Popen(
            command, cwd=self.project, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def state(self, stack: str | None = None) -> dict[str, Any]:
        """The deployment that the back end holds: `resources`, `pending_operations` and more; secrets stay encrypted."""
        named = ["--stack", stack] if stack else []
        deployment: dict[str, Any] = json.loads(self.pulumi("stack", "export", *named).stdout)["deployment"]
        return deployment

    def resources(self, type_: str | None = None, stack: str | None = None) -> list[dict[str, Any]]:
        """The resources in the state, all or those of one type, in the order of the state."""
        return [item for item in self.state(stack).get("resources", []) if type_ in (None, item["type"])]

    def journal(self) -> list[dict[str, Any]]:
        """Every call that the simulated providers have answered so far, oldest first."""
        file = self.directory / "journal.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def inject(self, *faults: Fault) -> None:
        """Replaces the injected faults for the commands that follow."""
        self.session.inject(faults)


@pytest.fixture(scope="session")
def local_kubernetes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKubernetes]:
    """One API server for the whole run. Tests share it: use namespaces of your own."""
    with LocalKubernetes.start(tmp_path_factory.mktemp("kubernetes")) as running:
        yield running


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Callable[..., Box]]:
    """Opens sandboxes: `sandbox(project, kubernetes=None, faults=(), api=Api.REACHABLE, env=None, directory=None, state=None)`."""
    with contextlib.ExitStack() as ends:
        opened: list[Box] = []

        def open_box(
            project: Path,
            *,
            kubernetes: LocalKubernetes | None = None,
            faults: Sequence[Fault] = (),
            api: Api = Api.REACHABLE,
            env: Mapping[str, str] | None = None,
            directory: Path | None = None,
            state: Path | None = None,
        ) -> Box:
            place = directory or tmp_path / f"sandbox-{len(opened)}"
            base = {**os.environ, **(env or {})}
            options = Options(directory=place, api=api, faults=tuple(faults), state=state, base_environment=base)
            opened.append(Box(ends.enter_context(Session(options, kubernetes)), project))
            return opened[-1]

        yield open_box


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Path]:
    """Writes a Pulumi project: `make_project({"__main__.py": "…"}, runtime="python", stacks={"dev": ""})`."""

    def write(
        files: Mapping[str, str], *, name: str = "trial", runtime: str = "python", stacks: Mapping[str, str] | None = None, extra: str = ""
    ) -> Path:
        root = tmp_path / name
        shutil.rmtree(root, ignore_errors=True)
        contents = {
            "Pulumi.yaml": f"name: {name}\nruntime: {runtime}\n{extra}",
            **{f"Pulumi.{stack}.yaml": content for stack, content in ({"dev": ""} if stacks is None else stacks).items()},
            **files,
        }
        for path, content in contents.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
        return root

    return write


@pytest.fixture(scope="session")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built once with the installed hatchling and no network."""
    folder = tmp_path_factory.mktemp("wheel")
    checkout = Path(__file__).resolve().parents[1]
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    command = [sys.executable, "-m", "pip", "wheel", *options, str(checkout)]
    subprocess.run(command, check=True, env={**os.environ, "PIP_NO_INDEX": "1"}, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path
