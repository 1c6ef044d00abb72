"""All resources that are judged together, and how they refer to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

from hipaa_stack.resources._resource import Resource, rule_type
from hipaa_stack.resources._values import Place, Reason, Secret, Undecided, Unknown

_IDENTITIES = ("id", "arn", "name", "selfLink", "bucket", "keyId")
"""Outputs by which one resource names another."""


class Basis(StrEnum):
    """What the resources are read from."""

    MANIFEST = "manifest"
    SIMULATED = "simulated"
    PREVIEW = "preview"
    UPDATE = "update"
    STATE = "state"
    LIVE = "live"


class Stack:
    """The resources of one program, state, cluster or set of manifests."""

    def __init__(self, resources: Iterable[Resource], basis: Basis = Basis.MANIFEST) -> None:
        """Takes the resources in the order of their source."""
        self.resources = tuple(resources)
        self.basis = basis
        self.by_urn = {resource.urn: resource for resource in self.resources}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._children: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_type[resource.rule_type].append(resource)
            if resource.parent:
                self._children[resource.parent].append(resource)
        self._referrers: dict[tuple[str, str], _Referrers] = {}
        self._namespaced: dict[str, _Namespaced] = {}
        self._identities: dict[str, dict[str, list[Resource]]] = {}

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, patches and twins included; a type may end in `*`."""
        for type_ in types:
            if type_.endswith("*"):
                for known in [known for known in self._by_type if known.startswith(type_[:-1])]:
                    yield from self._by_type[known]
            else:
                yield from self._by_type.get(rule_type(type_), ())

    # Links between any resources ---------------------------------------------------------------------------

    def linked(self, target: Resource, type_: str, *, via: str) -> Iterator[Resource]:
        """The resources of a type whose top-level property `via` refers to `target`.

        Raises:
            Undecided: after the known ones, when a resource of the type has a `via` that may be `target`.
        """
        referrers = self._referrers.get((type_, via))
        if referrers is None:
            referrers = self._referrers[type_, via] = _Referrers(self, type_, via)
        yield from referrers.of(target)

    def targets(self, resource: Resource, *types: str, via: str) -> Iterator[Resource]:
        """The resources of the types that the top-level property `via` of a resource refers to.

        Raises:
            Undecided: after the known ones, when a reference leads outside the stack or is not known.
        """
        place = resource.root.path(via)
        links = resource.property_dependencies.get(via, ())
        value = resource.planned.raw(via)
        value = value.value if isinstance(value, Secret) else value
        found: dict[str, Resource] = {}
        places: list[Place] = []
        for urn in links:
            candidates = self._candidates(urn, types)
            if len(candidates) == 1:
                found[candidates[0].urn] = candidates[0]
            elif candidates:
                places.append(Place(place, f"refers to one of {len(candidates)} resources of a component", Reason.COMPUTED))
        for item in value if isinstance(value, list) else [value]:
            known = item.value if isinstance(item, Secret) else item
            if isinstance(known, str) and known:
                same = [candidate for type_ in types for candidate in self._identity(type_).get(known, ())]
                found.update((candidate.urn, candidate) for candidate in same)
                if not same and not links:
                    places.append(Place(place, Reason.EXTERNAL.value, Reason.EXTERNAL))
            elif isinstance(known, Unknown) and not found and not places:
                places.append(Place(place, known.reason.value, known.reason))
        yield from found.values()
        if places:
            raise Undecided(places)

    def descendants(self, urn: str) -> Iterator[Resource]:
        """The children of a resource, their children, and so on."""
        for child in self._children.get(urn, ()):
            yield child
            yield from self.descendants(child.urn)

    def _candidates(self, urn: str, types: tuple[str, ...]) -> list[Resource]:
        """What a link to a URN means: the resource, or the descendants of the wanted types of a component."""
        wanted = {rule_type(type_) for type_ in types}
        resource = self.by_urn.get(urn)
        if resource is None:
            return []
        if resource.rule_type in wanted:
            return [resource]
        return [child for child in self.descendants(urn) if child.rule_type in wanted]

    def _identity(self, type_: str) -> dict[str, list[Resource]]:
        """The resources of a type by each name that others may use for them."""
        known = self._identities.get(type_)
        if known is None:
            known = self._identities[type_] = defaultdict(list)
            for resource in self.of(type_):
                for value in {resource.planned.raw(key) for key in _IDENTITIES if isinstance(resource.planned.raw(key), str)}:
                    if value:
                        known[value].append(resource)
        return known

    # Kubernetes --------------------------------------------------------------------------------------------

    def namespaced(self, namespace: Resource, *types: str) -> Iterator[Resource]:
        """The objects of the types in a namespace, by the same provider and the same name (or a link on `metadata`).

        Raises:
            Undecided: after the known ones, when an object's namespace is not known.
        """
        places: list[Place] = []
        for type_ in types:
            if type_ not in self._namespaced:
                self._namespaced[type_] = _Namespaced(self, type_)
            index = self._namespaced[type_]
            yield from index.of(namespace)
            places += index.places
        if places:
            raise Undecided(places)

    def namespace_of(self, resource: Resource) -> str:
        """The name of the namespace that an object is in: its own, its provider's, else `default`.

        Raises:
            Undecided: when it is not known.
        """
        own = resource.root.string("metadata.namespace")
        if own:
            return own
        provider = self.by_urn.get(resource.provider.rpartition("::")[0])
        return (provider.root.string("namespace") if provider else None) or "default"


class _Referrers:
    """The resources of one type by what one property of theirs refers to."""

    def __init__(self, stack: Stack, type_: str, via: str) -> None:
        self._stack = stack
        self._via = via
        self._by_link: dict[str, list[Resource]] = defaultdict(list)
        self._by_value: dict[str, list[Resource]] = defaultdict(list)
        self._unknown: list[Resource] = []
        for resource in stack.of(type_):
            links = resource.property_dependencies.get(via, ())
            for urn in links:
                self._by_link[urn].append(resource)
            value = resource.planned.raw(via)
            for item in value if isinstance(value, list) else [value]:
                known = item.value if isinstance(item, Secret) else item
                if isinstance(known, str):
                    self._by_value[known].append(resource)
                elif isinstance(known, Unknown) and not links:
                    self._unknown.append(resource)

    def of(self, target: Resource) -> Iterator[Resource]:
        found: dict[str, Resource] = {}
        places: list[Place] = []
        urn = target.urn
        while urn:  # the target itself, then the components that it is a part of
            for referrer in self._by_link.get(urn, ()):
                if urn == target.urn:
                    found[referrer.urn] = referrer
                else:
                    siblings = [child for child in self._stack.descendants(urn) if child.rule_type == target.rule_type]
                    if siblings == [target]:
                        found[referrer.urn] = referrer
                    else:
                        places.append(self._place(referrer, f"refers to one of {len(siblings)} resources of a component"))
            parent = self._stack.by_urn.get(urn)
            urn = parent.parent if parent else ""
        for key in _IDENTITIES:
            name = target.planned.raw(key)
            if isinstance(name, str) and name:
                found.update((referrer.urn, referrer) for referrer in self._by_value.get(name, ()))
        yield from found.values()
        places += [self._place(referrer, "not known, and may refer to this resource") for referrer in self._unknown]
        if places:
            raise Undecided(places)

    def _place(self, referrer: Resource, why: str) -> Place:
        return Place(f"{referrer.name}.{self._via}", why, Reason.COMPUTED)


class _Namespaced:
    """The objects of one Kubernetes type by provider and namespace."""

    def __init__(self, stack: Stack, type_: str) -> None:
        self._stack = stack
        self._by_name: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._by_link: dict[str, list[Resource]] = defaultdict(list)
        self.places: list[Place] = []
        for resource in stack.of(type_):
            try:
                self._by_name[resource.provider, stack.namespace_of(resource)].append(resource)
            except Undecided as undecided:
                links = resource.property_dependencies.get("metadata", ())
                namespaces = [urn for urn in links if urn in stack.by_urn and stack.by_urn[urn].rule_type == NAMESPACE]
                for urn in namespaces:
                    self._by_link[urn].append(resource)
                if not namespaces:
                    self.places += [Place(f"{resource.name}.{place.path}", place.why, place.reason) for place in undecided.places]

    def of(self, namespace: Resource) -> Iterator[Resource]:
        yield from self._by_link.get(namespace.urn, ())
        name = namespace.root.string("metadata.name") or namespace.name
        yield from self._by_name.get((namespace.provider, name), ())


NAMESPACE = "kubernetes:core/v1:Namespace"
