"""One line of JSON for every provider call of a session: `journal.jsonl`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from .wire import REDACTED, Properties, redact

FILE = "journal.jsonl"

_SECRET_NAMES = re.compile(
    r"(?i)(password|plaintext|token|privatekey|accesskey|secretkey|secretstring|secretbinary|^credentials|^secrets?$)"
)


class Journal:
    """Appends; each line is one write, so lines of several processes never mix."""

    def __init__(self, directory: Path, provider: str) -> None:
        self._path = directory / FILE
        self._provider = provider

    def note(
        self, rpc: str, *, inputs: Properties | None = None, outcome: str = "ok", error: str = "", **more: str | bool | Properties
    ) -> None:
        """Notes one call; what is marked secret is left out."""
        entry: dict[str, object] = {"rpc": rpc, "provider": self._provider, **more}
        if inputs is not None:
            entry["inputs"] = {name: redact(value) for name, value in inputs.items()}
        entry["outcome"] = outcome
        if error:
            entry["error"] = error
        line = json.dumps(entry, separators=(",", ":"), default=str) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def without_secrets(properties: Properties) -> Properties:
    """Properties of provider configurations and look-ups, where secrets come unmarked: known by their names."""
    return {name: REDACTED if _SECRET_NAMES.search(name) else value for name, value in properties.items()}
