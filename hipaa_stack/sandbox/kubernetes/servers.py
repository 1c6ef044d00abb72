"""The server processes of one local Kubernetes: start, readiness, end."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.supervisor import MARKER, Watchdog

_PORTS = range(20_000, 30_000)
"""Below the range that operating systems hand out to clients, so that a recorded port is seldom taken later."""

_POLL_SECONDS = 0.02
_LOG_LINES = 5


class Servers:
    """Processes that share a directory and end together, also when their owner is killed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._logs = directory / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._watchdog = Watchdog(directory)

    def start(self, executable: Path, arguments: Sequence[str]) -> None:
        """Starts one server in a process group of its own; its output goes to `logs/<name>.log`."""
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self._directory), MARKER: str(self._directory)}
        with (self._logs / f"{executable.name}.log").open("wb") as log:
            self._processes[executable.name] = subprocess.Popen(
                [executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self._directory,
                process_group=0,
            )

    def wait(self, what: str, ready: Callable[[], bool], seconds: float) -> None:
        """Waits until `ready` answers True; HipaaStackError when a server ends or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise ServerError(name, f"ended with exit code {process.returncode}", self.log(name))
            if time.monotonic() > deadline:
                name = next(reversed(self._processes))
                raise ServerError(name, f"did not get ready in {seconds:.0f} s (waited for {what})", self.log(name))
            time.sleep(_POLL_SECONDS)

    def log(self, name: str) -> Path:
        """The file that holds the output of the server `name`."""
        return self._logs / f"{name}.log"

    def stop(self, gracefully: str) -> None:
        """Ends all servers; the one named `gracefully`, which keeps the data, is asked and waited for."""
        for name in reversed(self._processes):
            process = self._processes[name]
            if name == gracefully:
                process.terminate()
            else:
                process.kill()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self._watchdog.close()


class ServerError(HipaaStackError):
    """A server that ended or did not get ready; carries the end of its log."""

    def __init__(self, name: str, what: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        self.port_taken = any("address already in use" in line for line in lines)
        tail = "".join(f"\n  {line[:300]}" for line in lines[-_LOG_LINES:])
        super().__init__(f"local Kubernetes: {name} {what}; the end of {log}:{tail}")


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    for port in random.SystemRandom().sample(_PORTS, 200):
        if port_is_free(port):
            return port
    raise HipaaStackError(f"local Kubernetes: no free port between {_PORTS.start} and {_PORTS.stop} on 127.0.0.1")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
