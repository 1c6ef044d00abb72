"""How a plugin process lives: the engine starts it, reads its port from standard output, and stops it with a signal."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

import grpc

_PARENT_POLL_SECONDS = 0.5


def serve(server: grpc.Server) -> None:
    """Starts the server, tells its port, and returns when the engine stops this process or is gone.

    The signals must be answered at once: the engine waits ten seconds for a plugin that ignores them.
    """
    port = server.add_insecure_port("127.0.0.1:0")
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    parent = os.getppid()
    server.start()
    print(port, flush=True)
    while not stopped.wait(_PARENT_POLL_SECONDS) and os.getppid() == parent:
        continue
