"""JSON, one value or several after each other, with nothing in it that JSON does not have."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterator
from typing import Any, Final, NoReturn

DEEPEST: Final = 200
"""Levels of nesting."""

_BETWEEN = re.compile(r"\s*(?:---\s+)?")
_START = re.compile(r'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:["\[{\]]|\Z))')


_TOO_DEEP = f"nested more than {DEEPEST} levels deep"


class JsonError(Exception):
    """A text that is not accepted."""

    def __init__(self, line: int, message: str) -> None:
        """Takes the line, from 1, where it begins to be wrong."""
        super().__init__(message)
        self.line = line


class _RefusedError(Exception):
    """Something that Python's reader takes and JSON does not have."""


def is_json(text: str) -> bool:
    """True when a text begins as JSON does, not as a flow mapping of YAML or a template."""
    return _START.match(text) is not None


def values(text: str) -> Iterator[tuple[int, Any]]:
    """The values of a text, each with the index of its first character.

    Raises:
        JsonError: after the values before it, where the text is no JSON or out of bounds.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr] # matches always
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            cut = " (the text ends too early)" if not text[error.pos :].strip() else ""
            raise JsonError(error.lineno, f"not valid JSON: {error.msg[0].lower()}{error.msg[1:]}{cut}") from None
        except RecursionError:
            raise JsonError(_line(text, at), _TOO_DEEP) from None
        except _RefusedError as error:
            raise JsonError(_line(text, at), str(error)) from None
        except ValueError:  # of the conversion to an integer, whose time is bounded by the number of digits
            raise JsonError(_line(text, at), f"an integer of more than {sys.get_int_max_str_digits()} digits") from None
        if not _is_shallow(value):
            raise JsonError(_line(text, at), _TOO_DEEP)
        yield at, value
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr] # matches always


def _is_shallow(value: Any) -> bool:
    """Whether nothing lies deeper than DEEPEST, level by level: what was read without recursion may be walked with it."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            item for outer in level if isinstance(outer, dict | list) for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RefusedError(f"{key}: given twice in one object; accepted: each key once")
            seen.add(key)
    return made


def _constant(name: str) -> NoReturn:
    raise _RefusedError(f"{name}: JSON has no such number")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _RefusedError(f"{text}: larger than any number that JSON readers know")
    return value


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
