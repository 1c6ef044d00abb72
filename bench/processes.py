"""Runs commands and takes their time."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from figures import BenchError

_LAST_LINES = 20
_TIMEOUT_SECONDS = 300.0


def plain_environment() -> dict[str, str]:
    """The environment of this process, with byte code kept as an installed package has it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: Sequence[str], environment: Mapping[str, str], directory: Path) -> float:
    """Wall time of a command from start to end; BenchError with its last words when it fails."""
    started = time.perf_counter()
    output(command, environment, directory)
    return time.perf_counter() - started


def output(command: Sequence[str], environment: Mapping[str, str], directory: Path) -> str:
    """What a command writes to its standard output; BenchError with its last words when it fails."""
    try:
        done = subprocess.run(
            command,
            env=dict(environment),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{' '.join(command)}: took more than {_TIMEOUT_SECONDS:.0f} s") from error
    if done.returncode:
        words = "\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
        raise BenchError(f"{' '.join(command)}: ended with {done.returncode}:\n{words}")
    return done.stdout
