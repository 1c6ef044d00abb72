"""Parts of properties whose kind is not certain."""

from __future__ import annotations

from hipaa_stack.sandbox.provider.wire import Properties, Value


def properties(value: Value) -> Properties:
    """The value, or no properties where it is something else."""
    return value if isinstance(value, dict) else {}


def items(value: Value) -> list[Value]:
    """The value, or an empty list where it is something else."""
    return value if isinstance(value, list) else []


def texts(value: Value) -> list[str]:
    """The texts of a list."""
    return [item for item in items(value) if isinstance(item, str)]


def is_true(value: Value) -> bool:
    """A boolean of the wire, which may come as text."""
    return value is True or value == "true"
