"""The text of one input, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MOST_PROBLEMS: Final = 20
"""Problems told one by one for one input: what is wrong throughout needs no line for each of its lines."""

_LONGEST: Final = 300
"""Characters of a message, which may quote what the input holds."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read."""

    source: str
    """The file or directory, as it was given or found; `-` is the standard input."""
    line: int | None
    """From 1; None where the whole input is meant."""
    message: str
    """One line: what was found there, what is accepted or how to fix it."""

    def __str__(self) -> str:
        """`source:line: message`."""
        return f"{self.source}:{self.line}: {self.message}" if self.line else f"{self.source}: {self.message}"


@dataclass(slots=True)
class Text:
    """One input, decoded."""

    source: str
    """The file, as it was given or found; `-` is the standard input."""
    content: str
    named: bool
    """True for what the user named, False for what was found in a directory."""
    problems: list[Problem] = field(default_factory=list)
    _untold: int = 0

    def problem(self, line: int | None, message: str) -> None:
        """Tells one thing that could not be read; after the twentieth only their number."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.source, line, _one_line(message)))
            return
        self._untold += 1
        self.problems[MOST_PROBLEMS - 1 :] = [Problem(self.source, None, f"and {self._untold + 1:,} more problems")]


def _one_line(message: str) -> str:
    """Without line ends and control characters, which would reach the terminal, and not too long to read."""
    shown = "".join(character if character.isprintable() else " " for character in message[: _LONGEST + 1])
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
