"""Paths of properties, such as `spec.containers[0].image` or `metadata.annotations[example.org/key]`, as steps."""

from __future__ import annotations

import re
from functools import cache

from hipaa_stack.resources._values import plain

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[]+)")


@cache
def steps(path: str) -> tuple[str, ...]:
    """The keys and list indexes on the way, all as text: only the data tells a list from an object."""
    return tuple(bracketed or plain for bracketed, plain in _STEP.findall(path))


def child(data: object, step: str) -> object:
    """What lies one step further, or None; a secret is looked into."""
    data = plain(data)
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and step.isdecimal() and int(step) < len(data):
        return data[int(step)]
    return None


def holds(data: object, path: str) -> bool:
    """Whether there is something other than null at a path."""
    for step in steps(path):
        data = child(data, step)
    return data is not None
