"""Readers that make resources of files: Kubernetes manifests, previews and states of Pulumi, told apart by content.

Of a directory, every *.yaml, *.yml and *.json below it is read, and what holds neither Kubernetes objects nor a preview
or a state is left out without a word (values of charts, CI configurations). What the user names is either read or a
problem, and a problem with one part never keeps the others from being read.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import BinaryIO, Final

from hipaa_stack.resources import Basis, Resource, Stack
from hipaa_stack.sources import _files, _json, _yaml, kubernetes, pulumi_preview, pulumi_state
from hipaa_stack.sources._input import Documents, Input
from hipaa_stack.sources._text import Problem, Text

__all__ = ["Input", "Problem", "read"]

_ACCEPTED: Final = "accepted: Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`"
_STREAM: Final = "a stream of events; run `pulumi preview --json` without PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
_YAML_HINT: Final = re.compile(r"apiVersion|\{\{")
_JSON_HINT: Final = re.compile(r'"(apiVersion|deployment|steps|changeSummary)"')
"""Without one of these, a file found in a directory holds nothing to check, and is not parsed."""
_PROOF: Final = (Basis.MANIFEST, Basis.PREVIEW, Basis.STATE)
"""What is read, by how much it proves: least first."""


def read(paths: Sequence[str], stdin: BinaryIO) -> Input:
    """Reads files, directories and `-`, the standard input, into one stack.

    Never raises for what is in them: that is in `Input.problems`.
    """
    with _no_garbage_collection():
        reader = _Reader(stdin)
        resources = list(reader.read(paths))
        basis = min(reader.bases, key=_PROOF.index, default=Basis.MANIFEST)
        return Input(Stack(resources, basis), tuple(reader.problems), reader.documents)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """What is made here holds no cycles, and looking for them again and again takes a seventh of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Reader:
    """One run over all inputs."""

    def __init__(self, stdin: BinaryIO) -> None:
        self._stdin = stdin
        self._stdin_text: str | None = None
        self._scalars = _yaml.Scalars()
        self.problems: list[Problem] = []
        self.documents: dict[str, Documents] = {}
        self.bases: set[Basis] = set()

    def read(self, paths: Sequence[str]) -> Iterator[Resource]:
        finder = _files.Finder(self.problems)
        for path in paths:
            found, told = 0, len(self.problems)
            for file in finder.find(path):
                for resource in self._file(file):
                    found += 1
                    yield resource
            if not found and len(self.problems) == told and not finder.repeats(path):
                self.problems.append(Problem(path, None, f"nothing to check in it; {_ACCEPTED}"))

    def _file(self, file: _files.File) -> Iterator[Resource]:
        try:
            content = _files.read(file.path, self._stdin)
        except _files.NotReadableError as error:
            self.problems.append(Problem(file.path, None, str(error)))
            return
        text = Text(file.path, content, file.named)
        is_json = _json.is_json(content)
        if not file.named and not (_JSON_HINT if is_json else _YAML_HINT).search(content):
            return
        if file.path == _files.STDIN:
            self._stdin_text = content
        yield from self._json(text) if is_json else self._manifests(text)
        self.problems += text.problems

    def _manifests(self, text: Text) -> Iterator[Resource]:
        self.bases.add(Basis.MANIFEST)
        yield from kubernetes.from_yaml(text, self._documents(text.source), self._scalars)

    def _json(self, text: Text) -> Iterator[Resource]:
        values = _json.values(text.content)
        try:
            for at, first in values:
                if not isinstance(first, dict) or kubernetes.recognises(first):
                    self.bases.add(Basis.MANIFEST)
                    yield from kubernetes.from_json(text, self._documents(text.source), itertools.chain([(at, first)], values))
                elif pulumi_state.recognises(first):
                    self.bases.add(Basis.STATE)
                    yield from pulumi_state.resources(text, first)
                elif pulumi_preview.recognises(first):
                    self.bases.add(Basis.PREVIEW)
                    yield from pulumi_preview.resources(text, first)
                elif pulumi_preview.is_event(first):
                    text.problem(None, _STREAM)
                    return
                elif text.named:
                    text.problem(None, f"nothing to check in it; {_ACCEPTED}")
                    return
        except _json.JsonError as error:
            text.problem(error.line, str(error))

    def _documents(self, source: str) -> Documents:
        return self.documents.setdefault(source, Documents(partial(self._again, source)))

    def _again(self, source: str) -> str | None:
        """The text of an input once more; None when it is gone."""
        if source == _files.STDIN:
            return self._stdin_text
        try:
            return _files.read(source, self._stdin)
        except _files.NotReadableError:
            return None
