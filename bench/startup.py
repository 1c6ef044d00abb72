"""How long it takes until the sandbox and its parts are ready."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import BenchError, Figure, Suite, Unit, in_turns
from processes import plain_environment, seconds

from hipaa_stack.sandbox import tools
from hipaa_stack.sandbox.config import SESSION_VARIABLE, SandboxConfig
from hipaa_stack.sandbox.kubernetes import LocalKubernetes

ROUNDS = 3

_BARE = "bare Python"
_HELP = "hipaa-stack --help"
_SANDBOX = "hipaa-stack sandbox -- true"
_KUBERNETES = "hipaa-stack sandbox --kubernetes local -- true"
_ENGINE = "pulumi version"
_WRAPPED = "hipaa-stack sandbox -- pulumi version"
_SERVER = "local API server, until it is ready"
_BASELINES = {_HELP: _BARE, _SANDBOX: _BARE, _KUBERNETES: _SANDBOX, _WRAPPED: _SANDBOX}


def measure(directory: Path, progress: Callable[[str], None]) -> list[Suite]:
    """Measures every start in turns."""
    environment = plain_environment()
    own = [sys.executable, "-P", "-m", "hipaa_stack"]
    commands = {
        _BARE: [sys.executable, "-P", "-c", "pass"],
        _HELP: [*own, "--help"],
        _ENGINE: [str(tools.engine().path), "version"],
        _SANDBOX: [*own, "sandbox", "--", "true"],
        _WRAPPED: [*own, "sandbox", "--", "pulumi", "version"],
        _KUBERNETES: [*own, "sandbox", "--kubernetes", "local", "--", "true"],
    }
    runs: dict[str, Callable[[], float]] = {name: partial(seconds, command, environment, directory) for name, command in commands.items()}
    for cloud in ("aws", "gcp"):
        runs[f"simulated provider {cloud}, until it serves"] = partial(_provider, cloud, environment)
    runs[_SERVER] = _api_server
    figures: dict[str, Figure] = {}
    for name, values in in_turns(runs, ROUNDS, progress).items():
        baseline = _BASELINES.get(name)
        figures[name] = Figure(name, Unit.SECONDS, values, figures[baseline] if baseline else None)
    return [Suite("Start of the sandbox", list(figures.values()))]


def _provider(cloud: str, environment: Mapping[str, str]) -> float:
    """From the start of the process to the port on its standard output, which the engine waits for."""
    with TemporaryDirectory() as folder:
        SandboxConfig().write(Path(folder))
        command = [sys.executable, "-P", "-m", "hipaa_stack.sandbox.provider", cloud]
        started = time.perf_counter()
        with subprocess.Popen(
            command, env={**environment, SESSION_VARIABLE: folder}, cwd=folder, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            ready = time.perf_counter() - started
            process.terminate()
        if not port.isdigit():
            raise BenchError(f"{' '.join(command)}: wrote {port!r} instead of a port")
        return ready


def _api_server() -> float:
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        with LocalKubernetes.start(Path(folder)):
            return time.perf_counter() - started
