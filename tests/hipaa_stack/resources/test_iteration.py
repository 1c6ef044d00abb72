"""Reading in several places, some of which are not known."""

from collections.abc import Iterator

import pytest

from hipaa_stack.resources import Node, Place, Resource, Undecided, Unknown, chain, read_each


def part(*items: int, unknown: str = "") -> Iterator[int]:
    yield from items
    if unknown:
        raise Undecided([Place(unknown, "unknown")])


def parts(*given: Iterator[int], unknown: str = "") -> Iterator[Iterator[int]]:
    yield from given
    if unknown:
        raise Undecided([Place(unknown, "unknown")])


def drained(items: Iterator[object]) -> tuple[list[object], list[str]]:
    """What was given, and the places that stood in the way of more."""
    given = []
    try:
        for item in items:
            given.append(item)  # noqa: PERF402 - what comes before the exception counts
    except Undecided as undecided:
        return given, [place.path for place in undecided.places]
    return given, []


@pytest.mark.parametrize(
    ("given", "items", "places"),
    [
        (parts(), [], []),
        (parts(part(1), part(), part(2, 3)), [1, 2, 3], []),
        (parts(part(1, unknown="a"), part(2), part(unknown="b")), [1, 2], ["a", "b"]),
        (parts(part(1), part(2, unknown="a"), unknown="more"), [1, 2], ["a", "more"]),
    ],
    ids=["nothing", "all known", "unknown ones between", "more that is unknown"],
)
def test_chain(given: Iterator[Iterator[int]], items: list[int], places: list[str]) -> None:
    assert drained(chain(given)) == (items, places)


def test_read_each() -> None:
    inputs = {"a": True, "b": Unknown(), "c": None, "d": "text", "e": False}
    node = Node(inputs, Resource("object", "type", "object", inputs))
    assert drained(read_each(node.boolean, "a", "b", "c", "d", "e", "f")) == ([("a", True), ("e", False)], ["b", "d"])
    assert drained(read_each(node.boolean, "a", "c")) == ([("a", True)], [])
