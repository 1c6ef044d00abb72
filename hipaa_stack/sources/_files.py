"""The files behind the paths that a user names, and their text."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from hipaa_stack.sources._text import Problem

LARGEST_FILE: Final = 64 * 1024 * 1024
"""Bytes of one file: some 80,000 manifests, or the state of some 10,000 resources."""

STDIN: Final = "-"
SUFFIXES: Final = (".yaml", ".yml", ".json")
SKIPPED: Final = frozenset({"node_modules", "site-packages", "__pycache__"})
"""Directories of other people's packages, left out of a walk together with everything hidden (`.git`, `.venv`)."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class File:
    """One file to read."""

    path: str
    """As it was given, or the given directory and what follows; `-` is the standard input."""
    named: bool
    """True for what the user named, False for what was found in a directory."""


class NotReadableError(Exception):
    """A file that cannot be read as text; the message is one line."""


class Finder:
    """Finds each file and directory once, however many names lead to it."""

    def __init__(self, problems: list[Problem]) -> None:
        """Takes the list to which it adds what cannot be listed."""
        self._problems = problems
        self._seen: set[tuple[int, int]] = set()
        self._repeated: set[str] = set()

    def find(self, path: str) -> Iterator[File]:
        """The files behind a path; those of a directory sorted by name. Links to directories are followed."""
        if path == STDIN:
            yield File(STDIN, named=True)
        elif not self._is_new(path):
            self._repeated.add(path)
        elif os.path.isdir(path):  # noqa: PTH112 - a path stays as the user wrote it
            yield from self._walk(path)
        else:
            yield File(path, named=True)

    def repeats(self, path: str) -> bool:
        """True for a path that an earlier one covers."""
        return path in self._repeated

    def _walk(self, directory: str) -> Iterator[File]:
        waiting = [directory]
        while waiting:
            current = waiting.pop()
            try:
                with os.scandir(current) as listed:
                    entries = sorted((entry for entry in listed if not entry.name.startswith(".")), key=lambda entry: entry.name)
            except OSError as error:
                self._problems.append(Problem(current, None, f"cannot be listed: {error.strerror}"))
                continue
            below = []
            for entry in entries:
                if _is_directory(entry):
                    if entry.name not in SKIPPED and self._is_new(entry.path):
                        below.append(entry.path)
                elif entry.name.endswith(SUFFIXES) and self._is_file(entry) and self._is_new(entry.path):
                    yield File(entry.path, named=False)
            waiting += reversed(below)

    def _is_file(self, entry: os.DirEntry[str]) -> bool:
        """Whether it is a regular file: pipes and devices are none; a link that leads nowhere is told."""
        try:
            return stat.S_ISREG(entry.stat().st_mode)
        except OSError as error:
            self._problems.append(Problem(entry.path, None, f"cannot be read: {error.strerror}"))
            return False

    def _is_new(self, path: str) -> bool:
        """Whether it was not met yet, by whatever name; what cannot be looked at is told when it is read."""
        try:
            found = os.stat(path)  # noqa: PTH116 - a path stays as the user wrote it
        except (OSError, ValueError):
            return True
        if (found.st_dev, found.st_ino) in self._seen:
            return False
        self._seen.add((found.st_dev, found.st_ino))
        return True


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: told when it is looked at as a file
        return False


def read(path: str, stdin: BinaryIO) -> str:
    """The text of a file: UTF-8, or UTF-16 or UTF-32 with a byte order mark.

    Raises:
        NotReadableError: when it cannot be opened, is too large or is no text.
    """
    return _decoded(_content(stdin) if path == STDIN else _opened(path))


def _opened(path: str) -> bytes:
    try:
        if os.stat(path).st_size > LARGEST_FILE:  # noqa: PTH116 - a path stays as the user wrote it
            raise _too_large()
        with open(path, "rb") as stream:  # noqa: PTH123 - a path stays as the user wrote it
            return _content(stream)
    except (OSError, ValueError) as error:
        raise NotReadableError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _content(stream: BinaryIO) -> bytes:
    """The content of a stream that need not end, such as a device."""
    try:
        content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NotReadableError(f"cannot be read: {error.strerror or error}") from None
    if len(content) > LARGEST_FILE:
        raise _too_large()
    return content


def _too_large() -> NotReadableError:
    return NotReadableError(f"larger than {LARGEST_FILE // 1024**2} MiB; split it into several files")


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotReadableError(
            f"not {encoding.removesuffix('-sig').upper()} text: byte 0x{content[error.start]:02x} in line {line}; save it as UTF-8"
        ) from None
