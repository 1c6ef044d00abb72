"""Reading in several places: what is known in one of them counts, whatever the others are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from hipaa_stack.resources._values import Place, Undecided

T = TypeVar("T")


def chain(parts: Iterable[Iterator[T]]) -> Iterator[T]:
    """What every part gives, one after the other; a part that cannot be decided hides none behind it.

    Raises:
        Undecided: at the end, for all parts that could not be decided, or when not every part is known.
    """
    places: list[Place] = []
    waiting = iter(parts)
    while True:
        try:
            for part in waiting:
                yield from part
            break
        except Undecided as undecided:
            places += undecided.places
    if places:
        raise Undecided(places)


def read_each(read: Callable[[str], T | None], *paths: str) -> Iterator[tuple[str, T]]:
    """The values at several paths, as a method of a node reads them: `read_each(pod.boolean, "hostPID", "hostIPC")`.

    Absent ones are left out.

    Raises:
        Undecided: at the end, for all values that could not be decided.
    """
    places: list[Place] = []
    for path in paths:
        try:
            value = read(path)
        except Undecided as undecided:
            places += undecided.places
            continue
        if value is not None:
            yield path, value
    if places:
        raise Undecided(places)
