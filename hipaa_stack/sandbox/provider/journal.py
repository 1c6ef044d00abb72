"""One line of JSON for every provider call of a session: `journal.jsonl`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .config import SECRET_KEYS
from .wire import REDACTED, Properties, redact

FILE = "journal.jsonl"


class Journal:
    """Appends; each line is one write, so lines of several processes never mix."""

    def __init__(self, directory: Path, provider: str) -> None:
        self._path = directory / FILE
        self._provider = provider

    def note(
        self, rpc: str, *, inputs: Properties | None = None, outcome: str = "ok", error: str = "", **more: str | bool | Properties
    ) -> None:
        """Notes one call; secrets, and the credentials of a provider configuration, are left out."""
        entry: dict[str, object] = {"rpc": rpc, "provider": self._provider, **more}
        if inputs is not None:
            entry["inputs"] = {
                name: REDACTED if rpc == "Configure" and name in SECRET_KEYS else redact(value) for name, value in inputs.items()
            }
        entry["outcome"] = outcome
        if error:
            entry["error"] = error
        line = json.dumps(entry, separators=(",", ":"), default=str) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
