"""What was read: the stack, what could not be read, and where things stand in their files."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from hipaa_stack.resources import Basis, Stack, steps
from hipaa_stack.sources import _yaml
from hipaa_stack.sources._text import Problem

if TYPE_CHECKING:
    from hipaa_stack.evaluation import Finding


@dataclass(slots=True)
class Documents:
    """Where the documents of one input begin, in the order of `Resource.document`."""

    read: Callable[[], str | None]
    """The text of the input once more; None when it is gone."""
    starts: array[int] = field(default_factory=lambda: array("L"))
    """Index of each document's first character."""
    lines: array[int] = field(default_factory=lambda: array("L"))
    """Line of each document's first character, from 1."""

    def add(self, start: int, line: int) -> int:
        """Notes one more document and returns its number."""
        self.starts.append(start)
        self.lines.append(line)
        return len(self.starts) - 1


class Input:
    """Everything that was read."""

    def __init__(self, stack: Stack, problems: tuple[Problem, ...], documents: Mapping[str, Documents]) -> None:
        """Takes the documents of each source that has lines."""
        self.stack = stack
        self.problems = problems
        self._documents = documents
        self._text: tuple[str, str | None] = ("", None)
        self._root: tuple[tuple[str, int], yaml.Node | None] = (("", -1), None)

    @property
    def basis(self) -> Basis:
        """What the resources were read from; of several kinds the one that proves least."""
        return self.stack.basis

    def line(self, finding: Finding) -> int | None:
        """The line of a finding, from 1, or that of the nearest thing around it; None for inputs without lines.

        Its document is read once more, and kept until another one is asked for: ask source by source.
        """
        resource = finding.resource
        documents = self._documents.get(resource.source)
        if documents is None or resource.document >= len(documents.lines):
            return None
        root = self._compose(resource.source, resource.document, documents)
        return documents.lines[resource.document] + (0 if root is None else _yaml.line(root, steps(finding.path or resource.prefix)))

    def _compose(self, source: str, document: int, documents: Documents) -> yaml.Node | None:
        """The document alone, or None when its text is gone or no longer the same."""
        if self._root[0] != (source, document):
            if self._text[0] != source:
                self._text = (source, documents.read())
            start, *following = documents.starts[document : document + 2]
            text = self._text[1]
            self._root = ((source, document), _yaml.compose_one(text[start : following[0] if following else None]) if text else None)
        return self._root[1]
