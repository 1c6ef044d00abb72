"""Durations, which Google Cloud takes as text: seconds with an s behind them, or without."""

import re
from typing import Final

from hipaa_stack.resources import Node, Place, Undecided

_SECONDS: Final = re.compile(r"(\d+(\.\d+)?)s?")


def seconds(node: Node, path: str) -> float | None:
    """The seconds at a path, such as `7776000s`; None where it is absent or empty.

    Raises:
        Undecided: when it is no number of seconds.
    """
    value = node.number_or_string(path)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return float(value)
    match = _SECONDS.fullmatch(value)
    if match is None:
        raise Undecided([Place(node.path(path), "expected seconds such as 7776000s", resource=node.resource)])
    return float(match[1])
