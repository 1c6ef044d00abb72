"""Where the result of a verb goes: stdout or a file, always UTF-8, nothing else beside it."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.reports import printable


class ResultError(HipaaStackError):
    """A result that could not be written."""


@contextmanager
def result(path: Path | None = None) -> Iterator[TextIO]:
    """Opens the file, or stdout without one. A reader that has read enough, such as `head`, is no error.

    Raises:
        ResultError: when it cannot be written to its end.
    """
    try:
        if path is not None:
            with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                yield out
            return
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        _drop()
    except OSError as error:
        if path is None:
            _drop()
        raise ResultError(f"{path or 'stdout'}: {error.strerror or error}; the result is not complete") from error


def say(line: str) -> None:
    """One line for people, on stderr."""
    print(printable(line), file=sys.stderr)


def _drop() -> None:
    """Sends what is still buffered nowhere, so that the end of the program does not try to write it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
