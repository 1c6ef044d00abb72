"""Nothing that a sandbox starts outlives it, even when the sandbox itself is killed with SIGKILL.

Every process of a sandbox carries a marker in its environment: `HIPAA_STACK_SANDBOX=<directory>`. Children inherit it,
whatever process group or session they move to and whoever becomes their parent. A watchdog, a small process of its own,
holds the reading end of a pipe to the owner. When the owner ends, in whatever way, the kernel closes the pipe, and the
watchdog kills every process that carries the marker and removes the directories it was told to remove.

This file needs the standard library only and is also run by its path, so that a watchdog starts in a few milliseconds.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

MARKER = "HIPAA_STACK_SANDBOX"
"""Environment variable that every process of a sandbox carries; its value is the directory of the sandbox."""

_ROUNDS = 50
_PAUSE_SECONDS = 0.02


class Watchdog:
    """Kills what carries the marker of `directory` once this process has ended or `close` was called."""

    def __init__(self, directory: Path, remove: Iterable[Path] = ()) -> None:
        command = [sys.executable, "-I", "-S", __file__, str(directory), *map(str, remove)]
        environment = {name: value for name, value in os.environ.items() if name != MARKER}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, cwd="/", start_new_session=True)

    def close(self) -> None:
        """Lets the watchdog do its work now and waits for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def marked(directory: Path) -> list[int]:
    """Ids of the living processes that carry the marker of `directory`; zombies are not counted."""
    wanted = f"{MARKER}={directory}"
    found = _marked_linux(wanted.encode()) if Path("/proc/self/environ").exists() else _marked_ps(wanted)
    return [pid for pid in found if pid != os.getpid()]


def kill_marked(directory: Path) -> None:
    """Kills every process that carries the marker of `directory`, also those that are born meanwhile."""
    for _ in range(_ROUNDS):
        pids = marked(directory)
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(_PAUSE_SECONDS)


def _marked_linux(wanted: bytes) -> list[int]:
    pids = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            environment = Path(entry.path, "environ").read_bytes()
        except OSError:  # ended meanwhile, or of another user
            continue
        if wanted in environment.split(b"\0"):
            pids.append(int(entry.name))
    return pids


def _marked_ps(wanted: str) -> list[int]:
    """Where there is no /proc (macOS), `ps -E` shows the environment after the command."""
    listing = subprocess.run(["ps", "-axwwE", "-o", "pid=,command="], capture_output=True, text=True, check=False).stdout
    rows = (line.strip().partition(" ") for line in listing.splitlines())
    return [int(pid) for pid, _, command in rows if wanted in command.split(" ")]


def main(arguments: list[str]) -> None:
    """Waits for the end of the owner, then cleans up: `DIRECTORY [REMOVE…]`."""
    directory, *remove = arguments
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    kill_marked(Path(directory))
    for path in remove:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
