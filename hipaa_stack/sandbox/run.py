"""Runs one command in a sandbox, with the terminal, and hands interrupts on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.supervisor import kill_marked, marked

_GRACE_SECONDS = 30.0
_POLL_SECONDS = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> int:
    """Runs `command` in the sandbox `directory` to its end and returns its exit code (128 + n after signal n).

    The first interrupt is handed to the command, which then has the time it needs; a second one kills everything in the
    sandbox. Raises HipaaStackError when there is no such program.
    """
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise HipaaStackError(f"{command[0]}: no such program on PATH")
    # With a terminal, the command stays in its process group, so that it can read and the terminal's Ctrl-C reaches it.
    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    with _Interrupts(directory, from_terminal=has_terminal) as interrupts:
        child = subprocess.Popen([program, *command[1:]], env=dict(environment), process_group=None if has_terminal else 0)
        interrupts.hand_to(child)
        status = child.wait()
        if interrupts.received:
            _wait_for_the_rest(directory)
    return status if status >= 0 else 128 - status


def _wait_for_the_rest(directory: Path) -> None:
    """A shell ends at once when it is interrupted; the engine below it still puts its state in order."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while marked(directory) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


class _Interrupts:
    """Catches the interrupts of this process while a command runs, and hands them on to it."""

    def __init__(self, directory: Path, *, from_terminal: bool) -> None:
        self._directory = directory
        self._from_terminal = from_terminal
        self._child: subprocess.Popen[bytes] | None = None
        self._previous: dict[signal.Signals, Any] = {}
        self.received: list[int] = []

    def __enter__(self) -> Self:
        self._previous = {number: signal.signal(number, self._catch) for number in _SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def hand_to(self, child: subprocess.Popen[bytes]) -> None:
        """Names the command, which also gets what has been caught before it was there."""
        self._child = child
        for number in self.received:
            self._send(child, number)

    def _catch(self, number: int, _frame: FrameType | None) -> None:
        self.received.append(number)
        if len(self.received) > 1:
            kill_marked(self._directory)
        elif self._child:
            self._send(self._child, number)

    def _send(self, child: subprocess.Popen[bytes], number: int) -> None:
        if not self._from_terminal:
            os.killpg(child.pid, number)
        elif number != signal.SIGINT:  # the terminal has sent SIGINT to the command as well
            child.send_signal(number)
