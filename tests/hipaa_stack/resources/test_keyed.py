"""Finding resources by what is read from them."""

from collections.abc import Iterator
from typing import Any

import pytest

from hipaa_stack.resources import Resource, Stack, Undecided, Unknown

TYPE = "kubernetes:core/v1:Namespace"


def namespace(name: str, owner: Any) -> Resource:
    return Resource(f"urn:{name}", TYPE, name, {"owner": owner})


def owner(_: Stack, resource: Resource) -> Iterator[str]:
    yield resource.root.string("owner") or ""


def test_resources_are_found_by_their_key() -> None:
    stack = Stack([namespace("a", "x"), namespace("b", "y"), namespace("c", "x")])
    assert [found.name for found in stack.keyed("x", TYPE, by=owner)] == ["a", "c"]
    assert list(stack.keyed("z", TYPE, by=owner)) == []


def test_a_resource_without_a_known_key_may_be_any_of_them() -> None:
    stack = Stack([namespace("a", Unknown()), namespace("b", "x"), namespace("c", Unknown())])
    found = stack.keyed("x", TYPE, by=owner)
    assert next(found).name == "b"
    with pytest.raises(Undecided, match=r"owner: known only after deployment \(and 1 more like it\)"):
        next(found)


def test_each_resource_is_read_once() -> None:
    read = []

    def name(_: Stack, resource: Resource) -> Iterator[str]:
        read.append(resource.name)
        yield resource.name

    stack = Stack([namespace(f"n{number}", "x") for number in range(50)])
    for number in range(50):
        assert len(list(stack.keyed(f"n{number}", TYPE, by=name))) == 1
    assert len(read) == 50
