"""The folder outside the checkout where built things are kept, and the locks that guard it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HEARTBEAT_SECONDS = 20.0
"""Longest silence on the terminal while something is being done."""


def say(text: str) -> None:
    """One line of progress, at once even when the output is a pipe."""
    print(text, flush=True)


def cache_root() -> Path:
    """`$HIPAA_STACK_CACHE`, else `$XDG_CACHE_HOME/hipaa-stack`, else `~/.cache/hipaa-stack`."""
    if own := os.environ.get("HIPAA_STACK_CACHE"):
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache").absolute() / "hipaa-stack"


@contextmanager
def exclusive(lock: Path, label: str) -> Iterator[None]:
    """Holds `lock` alone; waits, and says so, while another process holds it.

    The kernel gives the lock back when the process ends, however it ends. The file stays: removing it
    would let two processes lock two files of the same name.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        started = time.monotonic()
        reported = -HEARTBEAT_SECONDS
        while not _try(handle.fileno()):
            waited = time.monotonic() - started
            if waited - reported >= HEARTBEAT_SECONDS:
                say(f"{label}: another process is at work on it; waiting ({waited:.0f} s)")
                reported = waited
            time.sleep(0.2)
        yield


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
