"""Text of others in reports: names in what is checked may hold anything, and must not steer a terminal or a spreadsheet."""

from __future__ import annotations

import json
from typing import Any


def printable(text: str) -> str:
    """The text with every character that is not printable as a Python escape: controls, line breaks, changes of direction."""
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def dumps(value: Any) -> str:
    """JSON in one line of ASCII; half of a surrogate pair, which many readers refuse, becomes U+FFFD."""
    text = json.dumps(value)
    return text if "\\ud" not in text else json.dumps(_paired(value))


def _paired(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_paired(item) for item in value]
    return {_paired(key): _paired(item) for key, item in value.items()} if isinstance(value, dict) else value
