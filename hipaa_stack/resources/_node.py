"""Typed reading of decoded properties: whatever is not known, or not of the kind asked for, raises Undecided."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn, Self

from hipaa_stack.resources._values import Place, Secret, Undecided, Unknown, Unparsable, plain

if TYPE_CHECKING:
    from hipaa_stack.resources._resource import Resource

_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "nothing"}
_GAP = object()
"""In the place of a value that is not known, where the known ones beside it are read first."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A safe change of a resource's inputs that resolves a violation."""

    path: str
    """Dotted path from the root of the properties, list items as `[0]`."""
    value: Any
    """Plain data to write there."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule found: where, and what is wrong there."""

    path: str
    message: str
    remedy: Remedy | None = None


class Node:
    """One object inside a resource's properties.

    Paths are dotted (`securityContext.privileged`) and start at the node. Absent and null are the same: None, or
    no items. Iterators give the known items first and raise Undecided at their end when an item is not known, so
    that `any`, `all` and `in` decide whenever the known items decide.
    """

    __slots__ = ("_at", "_data", "parent", "resource")

    def __init__(self, data: Mapping[str, Any], resource: Resource, parent: Node | None = None, at: str = "") -> None:
        """Takes the object at path `at` of the parent; the root has neither."""
        self._data = data
        self.parent = parent
        self._at = at
        self.resource = resource

    def path(self, relative: str = "") -> str:
        """The path of a property from the root of the resource."""
        base = self.parent.path(self._at) if self.parent is not None else self._at
        if not relative or not base:
            return relative or base
        return f"{base}{relative}" if relative[0] == "[" else f"{base}.{relative}"

    def fail(self, path: str, message: str, remedy: Any = None, *, unless: Callable[[], bool] | None = None) -> Violation:
        """A violation at a property of this node; `remedy` is the value that would resolve it, where that is safe.

        It is not safe where `unless` holds, or cannot be decided: the violation is then without a remedy.
        """
        full = self.path(path)
        safe = remedy is not None and not (unless and _may_hold(unless))
        return Violation(full, message, Remedy(full, remedy) if safe else None)

    # One value ---------------------------------------------------------------------------------------------

    def boolean(self, path: str) -> bool | None:
        """The boolean at a path; the strings "true" and "false" are of a wrong kind, see `flag`."""
        value = self._read(path)
        if value is None or value is True or value is False:
            return value
        value = self._known(value, path)
        return value if value is None or isinstance(value, bool) else self._wrong(path, "a boolean", value)

    def flag(self, path: str) -> bool | None:
        """The boolean at a path where the schema says string: "true" and "false" count as well."""
        value = self._known(self._read(path), path)
        if isinstance(value, str) and value in {"true", "false"}:
            return value == "true"
        return value if value is None or isinstance(value, bool) else self._wrong(path, 'a boolean, "true" or "false"', value)

    def string(self, path: str) -> str | None:
        """The string at a path, "" included."""
        value = self._read(path)
        if value is None or value.__class__ is str:
            return value
        value = self._known(value, path)
        return value if value is None or isinstance(value, str) else self._wrong(path, "a string", value)

    def number(self, path: str) -> int | float | None:
        """The number at a path; whole floats come as integers. NaN and infinity, which YAML can say, are no numbers."""
        value = self._known(self._read(path), path)
        if isinstance(value, float) and isfinite(value):
            return int(value) if value.is_integer() else value
        if value is None or type(value) is int:
            return value
        return self._wrong(path, "a finite number" if isinstance(value, float) else "a number", value)

    def number_or_string(self, path: str) -> int | float | str | None:
        """The number or the string at a path where the schema takes either, such as a port by number or name."""
        value = self._known(self._read(path), path)
        return value if isinstance(value, str) else self.number(path)

    def present(self, path: str) -> bool:
        """True when the property is there and not null; {} and "" count."""
        return self._known(self._read(path), path) is not None

    def is_set(self, path: str) -> bool:
        """True when the property is set: not absent, null, false, "", [] or {}."""
        value = self._known(self._read(path), path)
        return value is not None and value is not False and value not in ("", [], {})

    # Objects and lists -------------------------------------------------------------------------------------

    def node(self, path: str) -> Self:
        """The object at a path; an empty one where it is absent."""
        value = self._read(path)
        if value.__class__ is not dict:
            value = self._known(value, path)
            if value is None:
                value = {}
            elif not isinstance(value, dict):
                self._wrong(path, "an object", value)
        return type(self)(value, self.resource, self, path)

    def items(self, *paths: str, scalar: bool = False) -> Iterator[Self]:
        """The objects in the lists at the paths, one list after the other; with `scalar`, a single object is a list of one."""
        places: list[Place] = []
        for path in paths:
            if scalar and isinstance(plain(self._read(path)), dict):
                yield self.node(path)
                continue
            for index, value in enumerate(self._list(path, places)):
                at = f"{path}[{index}]"
                known = value if value.__class__ is dict else self._or_gap(value, at, places)
                if isinstance(known, dict):
                    yield type(self)(known, self.resource, self, at)
                elif known is not _GAP:
                    places.append(self._misfit(at, "an object", known))
        if places:
            raise Undecided(places)

    def strings(self, path: str, *, scalar: bool = False) -> Iterator[str]:
        """The strings in the list at a path; with `scalar`, a single string is a list of one."""
        for _, value in self.indexed_strings(path, scalar=scalar):
            yield value

    def indexed_strings(self, path: str, *, scalar: bool = False) -> Iterator[tuple[str, str]]:
        """The strings in the list at a path, each with its own path from this node."""
        places: list[Place] = []
        if scalar:
            whole = self._or_gap(self._read(path), path, places)
            if isinstance(whole, str):
                yield path, whole
                return
        for index, value in enumerate([] if places else self._list(path, places)):
            at = f"{path}[{index}]"
            known = value if value.__class__ is str else self._or_gap(value, at, places)
            if isinstance(known, str):
                yield at, known
            elif known is not _GAP:
                places.append(self._misfit(at, "a string", known))
        if places:
            raise Undecided(places)

    def keys(self, path: str = "") -> tuple[str, ...]:
        """The keys of the object at a path; their values may be unknown."""
        return tuple(self.node(path)._data) if path else tuple(self._data)  # noqa: SLF001 - its own class

    def entry(self, key: str) -> str | None:
        """The string under a key of this node that may hold dots, such as that of an annotation."""
        value = self._data.get(key)
        value = self._known(value, f"[{key}]")
        return value if value is None or isinstance(value, str) else self._wrong(f"[{key}]", "a string", value)

    def scalars(self, key: str) -> Iterator[str]:
        """The scalar, or those in the list, under a key of this node that may hold dots; booleans and numbers as in JSON."""
        places: list[Place] = []
        whole = self._or_gap(self._data.get(key), f"[{key}]", places)
        listed = whole if isinstance(whole, list) else [] if whole is None or whole is _GAP else [whole]
        for index, value in enumerate(listed):
            at = f"[{key}][{index}]" if isinstance(whole, list) else f"[{key}]"
            known = self._or_gap(value, at, places)
            if isinstance(known, str):
                yield known
            elif isinstance(known, bool | int | float):
                yield json.dumps(known)
            elif known is not _GAP:
                places.append(self._misfit(at, "a string", known))
        if places:
            raise Undecided(places)

    def entries(self) -> Iterator[tuple[str, str]]:
        """The keys of this node with the strings under them; nulls are left out."""
        places: list[Place] = []
        for key, value in self._data.items():
            known = self._or_gap(value, f"[{key}]", places)
            if isinstance(known, str):
                yield key, known
            elif known is not None and known is not _GAP:
                places.append(self._misfit(f"[{key}]", "a string", known))
        if places:
            raise Undecided(places)

    def leaves(self, path: str = "", *, secrets: bool = True) -> Iterator[tuple[str, str, str | int | float | bool]]:
        """Every scalar below a path, at any depth: its path from this node, the last key on the way, the value.

        Without `secrets`, what is marked as a secret is left out, known or not.
        """
        places: list[Place] = []
        waiting = [(path, "", self._read(path) if path else self._data)]
        while waiting:
            at, key, value = waiting.pop()
            if not secrets and isinstance(value, Secret):
                continue
            known = self._or_gap(value, at, places)
            if isinstance(known, Mapping):
                waiting += [(_join(at, name), name, item) for name, item in reversed(list(known.items()))]
            elif isinstance(known, list):
                waiting += [(f"{at}[{index}]", key, item) for index, item in reversed(list(enumerate(known)))]
            elif known is not None and known is not _GAP:
                yield at, key, known
        if places:
            raise Undecided(places)

    def document(self, path: str) -> Self | None:
        """The object at a path that may also be written as a JSON string, such as an IAM policy.

        Raises:
            Unparsable: when it is a string that is no JSON object.
        """
        value = self._known(self._read(path), path)
        if isinstance(value, str) and value:
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise Unparsable(f"{self.path(path)}: not a JSON document") from None
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            self._wrong(path, "an object or a JSON object in a string", value)
        return type(self)(value, self.resource, self, path)

    def raw(self, path: str = "") -> Any:
        """The decoded data at a path, with Unknown and Secret in it: for evaluation and links, never for rules."""
        return self._read(path) if path else self._data

    # Mechanism ---------------------------------------------------------------------------------------------

    def _read(self, path: str) -> Any:
        value: Any = self._data
        for key in _parts(path):
            if value.__class__ is dict:
                value = value.get(key)
            elif value is None:
                return None
            else:
                value = self._known(value, path)
                if value is not None and not isinstance(value, Mapping):
                    self._wrong(path, f"an object with {key}", value)
                value = None if value is None else value.get(key)
        return value

    def _known(self, value: Any, path: str) -> Any:
        if isinstance(value, Secret):
            value = plain(value)
        if isinstance(value, Unknown):
            raise Undecided([Place(self.path(path), value.reason.value, value.reason, self.resource)])
        return value

    def _or_gap(self, value: Any, path: str, places: list[Place]) -> Any:
        """The known value, or _GAP and one more place."""
        if isinstance(value, Secret):
            value = plain(value)
        if isinstance(value, Unknown):
            places.append(Place(self.path(path), value.reason.value, value.reason, self.resource))
            return _GAP
        return value

    def _list(self, path: str, places: list[Place]) -> list[Any]:
        try:
            value = self._read(path)
        except Undecided as undecided:
            places += undecided.places
            return []
        if value.__class__ is list:
            return value
        known = self._or_gap(value, path, places)
        if known is None or known is _GAP:
            return []
        if not isinstance(known, list):
            places.append(self._misfit(path, "a list", known))
            return []
        return known

    def _misfit(self, path: str, expected: str, value: Any) -> Place:
        return Place(self.path(path), f"expected {expected}, got {_KINDS.get(type(value), type(value).__name__)}", resource=self.resource)

    def _wrong(self, path: str, expected: str, value: Any) -> NoReturn:
        raise Undecided([self._misfit(path, expected, value)])


def _may_hold(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except Undecided:
        return True


@cache
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()


def _join(path: str, key: str) -> str:
    if "." in key or "[" in key:
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key
