"""YAML as Kubernetes reads it: plain data, in time and memory that grow with the text alone.

Kubernetes decodes with a YAML 1.1 parser that knows `yes`, `no`, `on`, `off`, `y` and `n` as booleans and neither
timestamps nor sexagesimal numbers (sigs.k8s.io/yaml). Whatever would become something else than the JSON that an API
server takes is refused: repeated keys, tags, NaN and infinity, anchors inside themselves.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode
from yaml._yaml import CParser

DEEPEST: Final = 200
"""Levels of nesting; schemas of custom resources have some 60."""

MOST_VALUES: Final = 1_000_000
"""Keys and values in one YAML document; with more, a list is better written as JSON or in several documents."""

MOST_COPIES: Final = 100_000
"""Values that the aliases of one file may add to those that are written out."""

_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_CORE = "tag:yaml.org,2002:"
_KEPT = 200_000
"""Scalars whose meaning is remembered."""

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a stream, not yet plain data."""

    root: Node
    start: int
    """Index at which its first line begins."""
    line: int
    """Its first line, from 0."""


class YamlError(Exception):
    """A document that is not accepted; the line counts from 0."""

    def __init__(self, line: int, message: str) -> None:
        """Takes the line where it begins to be wrong."""
        super().__init__(message)
        self.line = line


def documents(text: str) -> Iterator[Document | YamlError]:
    """The documents of a stream; after one that is not YAML, those behind the next `---` are still found."""
    end = 0
    try:
        for document in _compose(text):
            yield document
            end = document.root.end_mark.index
    except yaml.YAMLError:
        yield from _one_by_one(text, end, text.count("\n", 0, end))


def compose_one(text: str) -> Node | None:
    """The first document of a text, or None when it is not YAML."""
    try:
        return next((document.root for document in _compose(text)), None)
    except yaml.YAMLError:
        return None


def line(node: Node, path: tuple[str, ...]) -> int:
    """The line, from 0, of the innermost thing on the way to a path."""
    found = node.start_mark.line
    for step in path:
        if isinstance(node, MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            found, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, SequenceNode) and step.isdecimal() and int(step) < len(node.value):
            node = node.value[int(step)]
            found = node.start_mark.line
        else:
            break
    return int(found)


class _Composer(CParser):
    """libyaml's composer, which bounds nesting by itself; tags stay as they are written."""

    def resolve(self, kind: Any, _value: Any, implicit: Any) -> bool | None:
        """In the place of the tag that is not written: for a scalar whether it is plain, for a collection None."""
        return bool(implicit[0]) if kind is ScalarNode else None

    left = 0

    # Called for every node; functions in C because they do nothing.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(int)


class _CountingComposer(_Composer):
    """For a text that may hold too many values in one document: a node takes some 300 bytes."""

    def descend_resolver(self, _parent: Any, _index: Any) -> None:  # type: ignore[override]
        self.left -= 1
        if self.left < 0:
            raise yaml.MarkedYAMLError(problem=f"more than {MOST_VALUES:,} values in one document; split it, or write it as JSON")


def _compose(text: str) -> Iterator[Document]:
    composer = _Composer(text) if len(text) < MOST_VALUES else _CountingComposer(text)
    while composer.check_node():
        composer.left = MOST_VALUES
        root = composer.get_node()
        if root is not None:
            mark = root.start_mark
            yield Document(root, mark.index - mark.column, mark.line)


def _one_by_one(text: str, start: int, line: int) -> Iterator[Document | YamlError]:
    """The documents between the markers of a text in which not all are YAML, each on its own."""
    while start < len(text):
        following = _MARKER.search(text, start + 1)
        end = following.start() if following else len(text)
        piece = text[start:end]
        try:
            for document in _compose(piece):
                yield Document(document.root, start + document.start, line + document.line)
        except yaml.YAMLError as error:
            yield _told(error, piece, line)
        line += piece.count("\n")
        start = end


def _told(error: yaml.YAMLError, piece: str, line: int) -> YamlError:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark
        problem = "an anchor is given twice" if error.problem == "second occurrence" else error.problem
        return YamlError(line + (mark.line if mark else 0), f"not valid YAML: {problem}")
    if isinstance(error, yaml.reader.ReaderError) and isinstance(error.position, int):
        line += piece.encode()[: error.position].count(b"\n")
        return YamlError(line, f"not valid YAML: the character {_shown(error.character)} is not allowed")
    return YamlError(line, f"not valid YAML: {' '.join(str(error).split())}")


def _shown(character: Any) -> str:
    return f"U+{character:04X}" if isinstance(character, int) else repr(character)


class Scalars(dict[str, Any]):
    """What plain scalars mean; each is worked out once, and equal texts become one string."""

    def __missing__(self, text: str) -> Any:
        """Works out a scalar that was not met yet."""
        value = resolved(text)
        if len(self) < _KEPT:
            self[text] = value
        return value


def resolved(text: str) -> Any:
    """The value of a plain scalar.

    Raises:
        ValueError: for NaN and infinity.
    """
    if text in _WORDS:
        value = _WORDS[text]
        if isinstance(value, float):
            raise ValueError(f"{text}: JSON, and so Kubernetes, has no such number")
        return value
    if text[0] not in "+-.0123456789":
        return text
    plain = text.replace("_", "") if text[0] != "." else text
    if _INTEGER.fullmatch(plain) and len(plain) < 70:  # noqa: PLR2004 - 64 bits in base 2, with sign and prefix
        number = int(plain, 8 if re.fullmatch(r"[-+]?0[0-7]+", plain) else 0)
        if -(2**63) <= number < (2**63 if plain[0] == "+" else 2**64):
            return number
    if _FLOAT.fullmatch(plain):
        value = float(plain)
        return text if math.isinf(value) else value
    return text


class Constructor:
    """Makes plain data of the documents of one file."""

    def __init__(self, scalars: Scalars, size: int) -> None:
        """Takes the number of characters in the file: no text holds more values than characters."""
        self._scalars = scalars
        self._left = size + MOST_COPIES

    def value(self, node: Node, depth: int = 0) -> Any:
        """The value of a node.

        Raises:
            YamlError: when Kubernetes would not accept it, or when it is out of bounds.
        """
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if node.tag is not None and node.tag != f"{_CORE}{'map' if isinstance(node, MappingNode) else 'seq'}":
            raise _tag_error(node)
        self._left -= len(node.value)
        if self._left < 0 or depth > DEEPEST:
            raise self._out_of_bounds(node, depth)
        if isinstance(node, MappingNode):
            return self._mapping(node, depth)
        return [self.value(item, depth + 1) for item in node.value]

    def _out_of_bounds(self, node: Node, depth: int) -> YamlError:
        if depth > DEEPEST:
            return YamlError(node.start_mark.line, f"nested more than {DEEPEST} levels deep, or an anchor inside itself")
        return YamlError(node.start_mark.line, f"aliases make more than {MOST_COPIES:,} values of it")

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        scalars = self._scalars
        pairs: list[tuple[Any, Any]] = node.value
        value: Any = node
        try:
            for key, value in pairs:
                if key.tag is True:
                    if key.value == "<<":
                        return self._merged(node, depth)
                    name = scalars[key.value]
                    if name.__class__ is not str:
                        name = _key(key, name)
                else:
                    name = self._key(key)
                tag = value.tag
                if tag is True:
                    result[name] = scalars[value.value]
                else:
                    result[name] = value.value if tag is False else self.value(value, depth + 1)
        except ValueError as error:
            raise YamlError(value.start_mark.line, str(error)) from None
        if len(result) != len(pairs):
            self._refuse_repeated([key for key, _ in pairs])
        return result

    def _merged(self, node: MappingNode, depth: int) -> dict[str, Any]:
        """A mapping with `<<`, in the order of Kubernetes: what is merged replaces the keys above it, not those below."""
        result: dict[str, Any] = {}
        plain = []
        pairs: list[tuple[Any, Any]] = node.value
        for key, value in pairs:
            if key.tag is not True or key.value != "<<":
                plain.append(key)
                result[self._key(key)] = self.value(value, depth + 1)
                continue
            for part in reversed(value.value) if isinstance(value, SequenceNode) else [value]:  # the first one wins
                if not isinstance(part, MappingNode):
                    raise YamlError(part.start_mark.line, "<<: accepted: a mapping, or a list of mappings")
                result |= self.value(part, depth + 1)
        self._refuse_repeated(plain)
        return result

    def _scalar(self, node: ScalarNode) -> Any:
        tag: Any = node.tag
        text = node.value
        if tag is False or tag == f"{_CORE}str":
            return text
        try:
            value = self._scalars[text]
        except ValueError as error:
            raise YamlError(node.start_mark.line, str(error)) from None
        if tag is True:
            return value
        kinds = {f"{_CORE}bool": bool, f"{_CORE}int": int, f"{_CORE}float": float, f"{_CORE}null": type(None)}
        if tag not in kinds:
            raise _tag_error(node)
        if kinds[tag] is float and type(value) is int:
            return float(value)
        if type(value) is not kinds[tag]:
            raise YamlError(node.start_mark.line, f"{text!r} is not of its tag !!{tag.removeprefix(_CORE)}")
        return value

    def _key(self, node: Node) -> str:
        return _key(node, self._scalar(node) if isinstance(node, ScalarNode) else None)

    def _refuse_repeated(self, keys: list[Node]) -> None:
        seen: set[str] = set()
        for key in keys:
            name = self._key(key)
            if name in seen:
                raise YamlError(key.start_mark.line, f"{name}: given twice; accepted: each key once")
            seen.add(name)


def _key(node: Node, value: Any) -> str:
    """A key as JSON writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format(value, ".8g")
    raise YamlError(node.start_mark.line, "a key that is no text; accepted: text, a number or a boolean")


def _tag_error(node: Node) -> YamlError:
    shown = f"!!{node.tag.removeprefix(_CORE)}" if node.tag.startswith(_CORE) else node.tag
    return YamlError(node.start_mark.line, f"the tag {shown} is not accepted: Kubernetes knows none of its own")
