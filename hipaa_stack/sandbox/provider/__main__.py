"""`python -m hipaa_stack.sandbox.provider aws|gcp`: a provider plugin process."""

from __future__ import annotations

import os
import signal
import sys
import threading

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.config import SandboxConfig, session_directory

from .schema import Sdk
from .server import SimulatedProvider, serve

_CLOUDS = ("aws", "gcp")
_PARENT_CHECK_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Serves until a signal, or until the engine that started this process is gone."""
    if not arguments or arguments[0] not in _CLOUDS:
        print(f"usage: python -m hipaa_stack.sandbox.provider {'|'.join(_CLOUDS)}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        directory = session_directory()
        provider = SimulatedProvider(Sdk(arguments[0]), SandboxConfig.read(directory), directory)
    except HipaaStackError as error:
        print(error, file=sys.stderr)
        return 1
    parent = os.getppid()
    server = serve(provider, lambda port: print(port, flush=True))
    while not stop.wait(_PARENT_CHECK_SECONDS) and os.getppid() == parent:
        pass
    provider.cancelled.set()
    if stop.is_set() and os.getppid() == parent:
        provider.settle()
    server.stop(grace=None)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # a call that hangs must not keep the process
