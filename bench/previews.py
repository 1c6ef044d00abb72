"""The reference stack next to the same resources written out flat: previews, an update without changes, memory."""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from figures import BenchError, Figure, Goal, Suite, Unit, in_turns
from flat import flat_program, names
from processes import output

from hipaa_stack.sandbox.session import Options, Session

ROOT = Path(__file__).resolve().parents[1]
STACK = "small-production"
ROUNDS = 5
MOST_TIMES = 1.3

_FLAT, _REFERENCE = "flat program", "reference program"
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Usage:
    """What one Pulumi command took."""

    wall_seconds: float
    processor_seconds: float
    """Processor time of all its processes: engine, language host, program, providers. It hardly depends on what else runs."""
    program_seconds: float
    """Processor time of the process that runs the program."""
    program_peak_mib: float
    """Most memory that it held."""


class Stack:
    """One stack of a project in a sandbox of its own."""

    def __init__(self, session: Session, project: Path) -> None:
        self._session = session
        self._project = project

    def run(self, *arguments: str) -> Usage:
        """Runs one Pulumi command that runs the program."""
        usage_file = self._session.directory / "usage.json"
        usage_file.unlink(missing_ok=True)
        started, before = time.perf_counter(), _processor_seconds_of_children()
        self.pulumi(*arguments, "--suppress-outputs", usage=usage_file)
        wall, processor = time.perf_counter() - started, _processor_seconds_of_children() - before
        usage = json.loads(usage_file.read_text())
        return Usage(wall, processor, usage["seconds"], usage["peak_bytes"] / _MIB)

    def deployment(self) -> dict[str, Any]:
        """The state, secrets included: everything in it is simulated."""
        deployment: dict[str, Any] = json.loads(self.pulumi("stack", "export", "--show-secrets"))["deployment"]
        return deployment

    def pulumi(self, *arguments: str, usage: Path | None = None) -> str:
        """What a Pulumi command on this stack writes to its standard output."""
        environment = self._session.environment | ({"BENCH_USAGE": str(usage)} if usage else {})
        command = [str(self._session.directory / "bin" / "pulumi"), "--non-interactive", *arguments, "--stack", STACK]
        return output(command, environment, self._project)


def project(folder: Path, program: str) -> Path:
    """A copy of the reference project that runs the given source instead of its own."""
    (folder / "stacks").mkdir(parents=True)
    for file in (Path("Pulumi.yaml"), Path("stacks") / f"Pulumi.{STACK}.yaml"):
        shutil.copy(ROOT / file, folder / file)
    shutil.copy(Path(__file__).with_name("launcher.py"), folder / "stacks" / "__main__.py")
    (folder / "stacks" / "program.py").write_text(program)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def measure(directory: Path, progress: Callable[[str], None]) -> list[Suite]:
    """Brings both stacks up, each in a sandbox with a local Kubernetes, and measures both in turns."""
    with contextlib.ExitStack() as ends:

        def opened(name: str, folder: Path, *, local_kubernetes: bool) -> Stack:
            options = Options(directory=directory / name, local_kubernetes=local_kubernetes)
            return Stack(ends.enter_context(Session(options)), folder)

        reference = project(directory / "reference", (ROOT / "stacks" / "__main__.py").read_text())
        progress("up of the reference stack")
        reference_up = opened("reference-up", reference, local_kubernetes=True)
        reference_up.run("up", "--yes", "--skip-preview")
        deployment = reference_up.deployment()
        flat = project(directory / "flat", flat_program(deployment))
        progress("up of the same resources written out flat")
        flat_up = opened("flat-up", flat, local_kubernetes=True)
        flat_up.run("up", "--yes", "--skip-preview")
        _compare(deployment["resources"], flat_up.deployment()["resources"])
        new = {
            _FLAT: opened("flat-new", flat, local_kubernetes=False),
            _REFERENCE: opened("reference-new", reference, local_kubernetes=False),
        }
        unchanged = {_FLAT: flat_up, _REFERENCE: reference_up}
        return [
            _compared("preview of a new stack", new, ["preview"], progress),
            _compared("preview without changes", unchanged, ["preview", "--expect-no-changes"], progress),
            _compared("up without changes", unchanged, ["up", "--yes", "--skip-preview", "--expect-no-changes"], progress),
        ]


def _compared(title: str, stacks: Mapping[str, Stack], command: Sequence[str], progress: Callable[[str], None]) -> Suite:
    """Wall time of one command on both stacks; processor time and memory of the process that runs the program."""
    runs = {name: partial(stack.run, *command) for name, stack in stacks.items()}
    taken = in_turns(runs, ROUNDS, lambda text: progress(f"{title}: {text}"))
    figures = []
    for what, unit, field in (
        ("wall time", Unit.SECONDS, "wall_seconds"),
        ("processor time of all processes", Unit.SECONDS, "processor_seconds"),
        ("processor time of the program", Unit.SECONDS, "program_seconds"),
        ("memory of the program", Unit.MEBIBYTES, "program_peak_mib"),
    ):
        flat, reference = ([getattr(usage, field) for usage in taken[name]] for name in (_FLAT, _REFERENCE))
        baseline = Figure(f"{what}, {_FLAT}", unit, flat)
        figures += [baseline, Figure(f"{what}, {_REFERENCE}", unit, reference, baseline)]
    ratio = figures[1].ratio
    assert ratio is not None
    goal = Goal(f"{title}: at most {MOST_TIMES} times the wall time of the same resources written out flat", Unit.TIMES, ratio, MOST_TIMES)
    return Suite(f"Stack {STACK}: {title}", figures, [goal])


def _processor_seconds_of_children() -> float:
    """Of the processes that have ended; servers of the sandboxes run on and do not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _compare(reference: Sequence[Mapping[str, Any]], flat: Sequence[Mapping[str, Any]]) -> None:
    if apart := set(names(reference)) ^ set(names(flat)):
        raise BenchError(f"the flat program registers other resources than the reference: {sorted(apart)}")
