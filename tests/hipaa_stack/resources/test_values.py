"""Deciding over several values, some of them unknown."""

from collections.abc import Iterator

import pytest

from hipaa_stack.resources import Place, Undecided, some


def known_then_unknown(*items: int) -> Iterator[int]:
    yield from items
    raise Undecided([Place("tail", "unknown")])


def is_two(item: int) -> bool:
    if item == 0:
        raise Undecided([Place("zero", "unknown")])
    return item == 2


@pytest.mark.parametrize(
    ("items", "outcome"),
    [([1, 2], True), ([0, 2], True), ([1, 3], False), ([], False), (known_then_unknown(0, 2), True)],
    ids=["one", "behind an undecided one", "none", "empty", "before an unknown end"],
)
def test_some_decides_where_the_known_items_decide(items: Iterator[int], *, outcome: bool) -> None:
    assert some(items, is_two) is outcome


@pytest.mark.parametrize(
    ("items", "places"),
    [([1, 0], ["zero"]), (known_then_unknown(1), ["tail"]), (known_then_unknown(0), ["zero", "tail"])],
    ids=["an undecided item", "an unknown end", "both"],
)
def test_some_names_every_place_that_stood_in_the_way(items: Iterator[int], places: list[str]) -> None:
    with pytest.raises(Undecided) as raised:
        some(items, is_two)
    assert [place.path for place in raised.value.places] == places
