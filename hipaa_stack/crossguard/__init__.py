"""The CrossGuard policy pack: the rules, as `pulumi preview`, `up` and `policy analyze` run them.

    pulumi preview --policy-pack "$(hipaa-stack pack-path)"

The pack is a server of our own for the engine's Analyzer protocol. Importing this module loads neither Pulumi nor gRPC.
"""

from __future__ import annotations

from pathlib import Path


def pack_path() -> Path:
    """The folder that `--policy-pack` takes; it needs the extra `hipaa-stack[pulumi]` in the Python that runs it."""
    return Path(__file__).parent / "pack"


def serve() -> None:
    """Serves the pack to the engine that has started this process; returns when the engine ends it, or is gone."""
    from hipaa_stack.crossguard._server import serve as run  # noqa: PLC0415 - loads gRPC

    run()
