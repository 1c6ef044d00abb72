"""Which properties of a resource a rule reads, learnt by watching it judge the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from hipaa_stack.resources import Node, NotApplicable, Place, Resource, Stack, Undecided, Unparsable, steps

if TYPE_CHECKING:
    from hipaa_stack.rules._rule import Rule
    from hipaa_stack.settings import Settings

Way = tuple[str, ...]
"""Keys and list indexes from the root of the properties."""


@dataclass(slots=True)
class Reads:
    """What was read of one resource."""

    ways: set[Way] = field(default_factory=set)
    """Every property on the way, whether it is there or not."""
    ends: set[Way] = field(default_factory=set)
    """Those of them that were read as a whole: what lies in them counts as read."""
    places: list[Place] = field(default_factory=list)
    """What stood in the way of reading more."""

    def meet(self, way: Way) -> bool:
        """Whether a property that was read is the one at `way`, or a part of it, or has it in it. `*` is any step."""
        return any(_begins(read, way) for read in self.ways) or any(_begins(way, read) for read in self.ends)


def reads(rule: Rule, resource: Resource, stack: Stack, settings: Settings) -> Reads:
    """What a rule reads of a resource."""
    found = Reads()
    watched = replace(resource)
    root = _Watched(resource.inputs, watched, at=resource.prefix, found=found)
    planned = root if resource.outputs is None else _Watched(resource.outputs, watched, at=resource.prefix, found=found)
    vars(watched).update(root=root, planned=planned)  # where they are kept once they are asked for
    given: dict[str, Any] = {"stack": stack, "settings": settings}
    try:
        nodes, undecided = watched.units(rule.each, planned=rule.of_stack)
    except (NotApplicable, Unparsable):
        return found
    found.places += undecided.places if undecided else ()
    for node in nodes:
        try:
            for _ in rule.check(node, **{name: given[name] for name in rule.takes}):
                pass
        except Undecided as raised:
            found.places += raised.places
        except (NotApplicable, Unparsable):
            continue
    return found


def _begins(way: Way, start: Way) -> bool:
    return len(way) >= len(start) and all("*" in (one, other) or one == other for one, other in zip(way, start, strict=False))


class _Watched(Node):
    """A node that notes which of its properties are read, whether they are there or not."""

    __slots__ = ("found",)

    def __init__(
        self, data: Mapping[str, Any], resource: Resource, parent: _Watched | None = None, at: str = "", *, found: Reads | None = None
    ) -> None:
        super().__init__(data, resource, parent, at)
        self.found: Reads = parent.found if parent is not None else found or Reads()

    def node(self, path: str) -> Self:
        known = self._way(path) in self.found.ends
        node = super().node(path)
        if not known:
            self.found.ends.discard(self._way(path))
        return node

    def items(self, *paths: str, scalar: bool = False) -> Iterator[Self]:
        known = self.found.ends & {self._way(path) for path in paths}
        seen: set[Way] = set()
        try:
            for item in super().items(*paths, scalar=scalar):
                seen.add(steps(item.path())[:-1])
                yield item
        finally:  # what was read of them is in the items; of an empty list, all that may come
            self.found.ends -= seen - known

    def keys(self, path: str = "") -> tuple[str, ...]:
        self._note(path)
        return super().keys(path)

    def entry(self, key: str) -> str | None:
        self._note(f"[{key}]")
        return super().entry(key)

    def scalars(self, key: str) -> Iterator[str]:
        self._note(f"[{key}]")
        return super().scalars(key)

    def entries(self) -> Iterator[tuple[str, str]]:
        self._note("")
        return super().entries()

    def leaves(self, path: str = "", *, secrets: bool = True) -> Iterator[tuple[str, str, str | int | float | bool]]:
        self._note(path)
        return super().leaves(path, secrets=secrets)

    def _read(self, path: str) -> Any:
        self._note(path)
        return super()._read(path)

    def _way(self, path: str) -> Way:
        return steps(self.path(path))

    def _note(self, path: str) -> None:
        self.found.ways.add(self._way(path))
        self.found.ends.add(self._way(path))
