"""Runs the long programs of the set-up (go, pip): signs of life while they work, one clear message when they fail."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from _cache import HEARTBEAT_SECONDS, say

_NETWORK_SIGNS = (
    "no such host",
    "dial tcp",
    "i/o timeout",
    "connection refused",
    "connection reset",
    "network is unreachable",
    "tls handshake timeout",
    "proxyconnect",
    "name resolution",
    "module lookup disabled",
    "bad gateway",
    "service unavailable",
    "gateway timeout",
    '": unexpected eof',
    "newconnectionerror",
    "connecttimeouterror",
    "max retries exceeded",
    "read timed out",
    "readtimeouterror",
    "(from versions: none)",  # pip, when it gave up on an index without a retry
)
_TAIL_LINES = 8


class SetupError(Exception):
    """A step that failed for a reason the user can act on; the message is complete."""


class StepFailedError(Exception):
    """A program that ended with an error; `output` is what it printed."""

    def __init__(self, program: str, status: int, output: str) -> None:
        super().__init__(f"{program} ended with status {status}")
        self.output = output

    @property
    def network(self) -> bool:
        """Whether the output speaks of a network that does not answer."""
        text = self.output.lower()
        return any(sign in text for sign in _NETWORK_SIGNS)

    def says(self, *signs: str) -> bool:
        """Whether the output contains one of the texts."""
        return any(sign in self.output for sign in signs)

    @property
    def tail(self) -> str:
        """The last lines of the output, indented to stand under a message."""
        lines = [line for line in self.output.splitlines() if line.strip()]
        return "\n".join(f"    {line}" for line in lines[-_TAIL_LINES:])


def run(
    command: Sequence[str | Path],
    *,
    label: str,
    measure: Callable[[Sequence[str]], str],
    environment: Mapping[str, str],
    directory: Path | None = None,
) -> str:
    """Runs `command` to its end and returns what it printed.

    Every 20 seconds one line goes out: `label`, the time so far and what `measure` makes of the output's lines.
    The command has a process group of its own, which is ended when this process is interrupted. Should this
    process be killed outright, the command ends at its next line of output, because nobody reads it.

    Raises:
        StepFailedError: The command ended with an error.
    """
    arguments = [str(part) for part in command]
    process = subprocess.Popen(
        arguments,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output = _follow(process, label, measure)
        status = process.wait()
    except BaseException:
        _end_group(process)
        raise
    if status:
        raise StepFailedError(arguments[0], status, output)
    return output


def _follow(process: subprocess.Popen[bytes], label: str, measure: Callable[[Sequence[str]], str]) -> str:
    if process.stdout is None:
        raise AssertionError("the output is a pipe")
    received = bytearray()
    started = time.monotonic()
    beat = started + HEARTBEAT_SECONDS
    with process.stdout as stream, selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if selector.select(max(0.0, beat - time.monotonic())):
                chunk = os.read(stream.fileno(), 65536)
                if not chunk:
                    return received.decode(errors="replace")
                received += chunk
            if (now := time.monotonic()) >= beat:
                say(f"{label}: {now - started:.0f} s, {measure(received.decode(errors='replace').splitlines())}")
                beat = now + HEARTBEAT_SECONDS


def _end_group(process: subprocess.Popen[bytes]) -> None:
    # On SIGINT pip removes its temporary folders; on SIGTERM it does not.
    for number, patience in ((signal.SIGINT, 10.0), (signal.SIGKILL, 10.0)):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=patience)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


class Interrupted(BaseException):
    """The process was asked to end by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


def main_program(work: Callable[[], None], name: str) -> int:
    """Runs `work` and turns what stops it into one message and an exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        work()
    except SetupError as error:
        print(f"{name}: {error}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(
            f"{name}: {error}\n  The cache folder must be writable and have room; HIPAA_STACK_CACHE names another one.",
            file=sys.stderr,
            flush=True,
        )
        return 1
    except Interrupted as stop:
        print(f"\n{name}: interrupted. Nothing half-made is left; the same command goes on where it stopped.", file=sys.stderr, flush=True)
        return stop.status
    return 0


def _interrupt(number: int, _frame: FrameType | None) -> None:
    # A second signal must not cut the cleaning up short.
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Interrupted(number)
