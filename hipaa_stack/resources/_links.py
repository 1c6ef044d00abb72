"""Indexes over a stack by which one resource finds another: built once, so that rules stay linear in resources.

A link is a property dependency that the engine has recorded, or a property that holds an identity of the other
resource. Where neither decides, the link is undecided: as one place, however many resources stand in the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from hipaa_stack.resources._resource import Resource
from hipaa_stack.resources._values import Place, Reason, Undecided, Unknown, plain

if TYPE_CHECKING:
    from hipaa_stack.resources._stack import Stack

IDENTITIES = ("id", "arn", "name", "selfLink", "bucket", "keyId")
"""Outputs by which one resource names another."""

NAMESPACE = "kubernetes:core/v1:Namespace"

Keys: TypeAlias = "Callable[[Stack, Resource], Iterator[Hashable]]"
"""What is read from a resource to find it by."""


def values(resource: Resource, via: str) -> list[Any]:
    """What a property holds: the items of a list, or the one value; nulls and "" refer to nothing."""
    value = plain(resource.planned.raw(via))
    items = [plain(item) for item in value] if isinstance(value, list) else [value]
    return [item for item in items if item is not None and item != ""]


def misfit(value: object) -> str:
    """Why a value names no resource."""
    return value.reason.value if isinstance(value, Unknown) else "expected a string"


class Referrers:
    """The resources of one type by what one property of theirs refers to."""

    def __init__(self, stack: Stack, type_: str, via: str) -> None:
        """Reads the property of every resource of the type."""
        self._stack = stack
        self._via = via
        self._property = via.partition(".")[0]  # the engine records dependencies of top-level properties alone
        self._all = list(stack.of(type_))
        self._by_link: dict[str, list[Resource]] = defaultdict(list)
        self._by_value: dict[str, list[Resource]] = defaultdict(list)
        for resource in self._all:
            for urn in resource.property_dependencies.get(self._property, ()):
                self._by_link[urn].append(resource)
            for value in values(resource, via):
                if isinstance(value, str):
                    self._by_value[value].append(resource)
        self._by_component: dict[tuple[str, str], tuple[list[Resource], list[Place]]] = {}
        self._open: dict[str, list[Place]] = {}
        self._foreign: dict[str, list[Place]] = {}

    def of(self, target: Resource) -> Iterator[Resource]:
        """The known referrers of a resource, then Undecided where another one may refer to it."""
        own, *components = self._stack.ancestors(target.urn)
        found = {referrer.urn: referrer for referrer in self._by_link.get(own, ())}
        for name in self._stack.names(target):
            found.update((referrer.urn, referrer) for referrer in self._by_value.get(name, ()))
        places: list[Place] = []
        for urn in components:
            certain, open_ = self._through(urn, target.rule_type)
            found.update((referrer.urn, referrer) for referrer in certain)
            places += open_
        yield from found.values()
        places += self._of_type(self._open, target.rule_type, self._may_be)
        if any(isinstance(plain(target.planned.raw(key)), Unknown) for key in IDENTITIES):
            places += self._of_type(self._foreign, target.rule_type, self._names_nothing)
        if places:
            raise Undecided(places)

    def _through(self, urn: str, type_: str) -> tuple[list[Resource], list[Place]]:
        """Who refers to the parts of that type of a component: to its only one, or undecided to one of several."""
        known = self._by_component.get((urn, type_))
        if known is None:
            parent = self._stack.by_urn.get(urn)
            inside = not (parent and parent.rule_type == type_)  # a parent of the same type is itself what is referred to
            referrers = [each for each in self._by_link.get(urn, ()) if not self._named(each, type_)] if inside else []
            parts = len(self._stack.parts(urn, (type_,))) if referrers else 0
            several = self._places(referrers, f"refers to one of {parts} resources of a component")
            known = self._by_component[urn, type_] = (referrers, []) if parts == 1 else ([], several)
        return known

    def _of_type(self, known: dict[str, list[Place]], type_: str, holds: Callable[[Resource, str], bool]) -> list[Place]:
        if type_ not in known:
            known[type_] = self._places([each for each in self._all if holds(each, type_)], "not known, and may refer to this resource")
        return known[type_]

    def _may_be(self, referrer: Resource, type_: str) -> bool:
        """Whether its property is not known, and no link says which resource of the type is meant."""
        links = referrer.property_dependencies.get(self._property, ())
        return any(not isinstance(value, str) for value in values(referrer, self._via)) and not any(
            self._stack.parts(urn, (type_,)) for urn in links
        )

    def _names_nothing(self, referrer: Resource, type_: str) -> bool:
        """Whether it holds a name that no resource of the type is known to have."""
        links = referrer.property_dependencies.get(self._property, ())
        return not links and any(isinstance(value, str) and not self._stack.named(type_, value) for value in values(referrer, self._via))

    def _named(self, referrer: Resource, type_: str) -> bool:
        """Whether every value of its property is the name of a resource of the type: then the link adds nothing."""
        held = values(referrer, self._via)
        return bool(held) and all(isinstance(value, str) and self._stack.named(type_, value) for value in held)

    def _places(self, referrers: Sequence[Resource], why: str) -> list[Place]:
        return one_place([Place(self._via, why, Reason.COMPUTED, referrer) for referrer in referrers])


def homes(stack: Stack, resource: Resource) -> Iterator[Hashable]:
    """The namespace that an object is in, as a key."""
    yield home(stack, resource)


def addresses(stack: Stack, resource: Resource) -> Iterator[Hashable]:
    """The namespace that an object is in and its name, as a key."""
    yield home(stack, resource), resource.root.string("metadata.name") or resource.name


def home(stack: Stack, resource: Resource) -> tuple[str, str]:
    """The namespace that an object is in: its provider and the name, or "" and the Namespace's URN.

    Raises:
        Undecided: when it is not known, and no link says which Namespace is meant.
    """
    try:
        return resource.provider, stack.namespace_of(resource)
    except Undecided:
        linked = [stack.by_urn[urn] for urn in resource.property_dependencies.get("metadata", ()) if urn in stack.by_urn]
        namespaces = [each for each in linked if each.rule_type == NAMESPACE]
        if len(namespaces) != 1:
            raise
        return place_of(namespaces[0])


def place_of(namespace: Resource) -> tuple[str, str]:
    """The `home` of the objects in a Namespace."""
    name = plain(namespace.root.raw("metadata.name")) or namespace.name
    return (namespace.provider, name) if isinstance(name, str) else ("", namespace.urn)


class Keyed:
    """The resources of some types by what is read from them."""

    def __init__(self, stack: Stack, types: tuple[str, ...], by: Keys) -> None:
        """Reads every resource of the types once."""
        self._by_key: dict[Hashable, list[Resource]] = defaultdict(list)
        places: list[Place] = []
        for resource in stack.of(*types):
            try:
                for key in by(stack, resource):
                    self._by_key[key].append(resource)
            except Undecided as undecided:
                places += undecided.places
        self._places = one_place(places)

    def of(self, key: Hashable) -> Iterator[Resource]:
        """The resources that have the key, then Undecided where others may have it."""
        yield from self._by_key.get(key, ())
        if self._places:
            raise Undecided(self._places)


def one_place(places: Sequence[Place]) -> list[Place]:
    """The first of many places, with the number of the others: a finding for each would be quadratic in resources."""
    if len(places) < 2:  # noqa: PLR2004 - more than one
        return list(places)
    first = places[0]
    return [Place(first.path, f"{first.why} (and {len(places) - 1} more like it)", first.reason, first.resource)]
