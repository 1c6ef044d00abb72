"""Runs one command in a sandbox, with the terminal, and hands interrupts on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

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
    child = subprocess.Popen([program, *command[1:]], env=dict(environment), process_group=None if has_terminal else 0)
    received, restore = _hand_on(child, directory, from_terminal=has_terminal)
    try:
        status = child.wait()
        if received:
            _wait_for_the_rest(directory)
    finally:
        restore()
    return status if status >= 0 else 128 - status


def _wait_for_the_rest(directory: Path) -> None:
    """A shell ends at once when it is interrupted; the engine below it still puts its state in order."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while marked(directory) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _hand_on(child: subprocess.Popen[bytes], directory: Path, *, from_terminal: bool) -> tuple[list[int], Callable[[], None]]:
    """Hands interrupts of this process on to the command; returns the list of those received, and what restores the handlers."""
    received: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if len(received) > 1:
            kill_marked(directory)
        elif not from_terminal:
            os.killpg(child.pid, number)
        elif number != signal.SIGINT:  # the terminal has sent SIGINT to the command as well
            child.send_signal(number)

    previous = {number: signal.signal(number, handle) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in previous.items():
            signal.signal(number, handler)

    return received, restore
