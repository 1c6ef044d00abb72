"""All resources that are judged together, and how they refer to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from enum import StrEnum

from hipaa_stack.resources._links import IDENTITIES, Keyed, Keys, Referrers, addresses, home, homes, misfit, place_of, values
from hipaa_stack.resources._resource import Resource, rule_type
from hipaa_stack.resources._values import Place, Reason, Undecided, Unknown, plain


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
        self._referrers: dict[tuple[str, str], Referrers] = {}
        self._keyed: dict[tuple[Keys, tuple[str, ...]], Keyed] = {}
        self._parts: dict[tuple[str, tuple[str, ...]], tuple[Resource, ...]] = {}
        self._names: dict[str, dict[str, list[Resource]]] = {}

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, patches and twins included; a type may end in `*`."""
        for type_ in types:
            if type_.endswith("*"):
                for known in [known for known in self._by_type if known.startswith(type_[:-1])]:
                    yield from self._by_type[known]
            else:
                yield from self._by_type.get(rule_type(type_), ())

    def keyed(self, key: Hashable, *types: str, by: Keys) -> Iterator[Resource]:
        """The resources of the types for which `by` gives a key; each resource is read once, however often this is asked.

        `by` is a function of a module, and its result depends on its arguments alone.

        Raises:
            Undecided: after the known ones, when the keys of a resource are not known.
        """
        known = self._keyed.get((by, types))
        if known is None:
            known = self._keyed[by, types] = Keyed(self, types, by)
        yield from known.of(key)

    # Links between any resources ---------------------------------------------------------------------------

    def linked(self, target: Resource, type_: str, *, via: str) -> Iterator[Resource]:
        """The resources of a type whose property `via` refers to `target`.

        Raises:
            Undecided: after the known ones, when a resource of the type has a `via` that may be `target`.
        """
        referrers = self._referrers.get((type_, via))
        if referrers is None:
            referrers = self._referrers[type_, via] = Referrers(self, type_, via)
        yield from referrers.of(target)

    def targets(self, resource: Resource, *types: str, via: str) -> Iterator[Resource]:
        """The resources of the types that the property `via` of a resource refers to.

        Raises:
            Undecided: after the known ones, when a reference leads outside the stack or is not known.
        """
        wanted = tuple(rule_type(type_) for type_ in types)
        linked: dict[str, Resource] = {}
        ambiguous: list[Place] = []
        for urn in resource.property_dependencies.get(via.partition(".")[0], ()):
            parts = self.parts(urn, wanted)
            if len(parts) == 1:
                linked[parts[0].urn] = parts[0]
            elif parts:
                why = f"refers to one of {len(parts)} resources of a component"
                ambiguous.append(Place(via, why, Reason.COMPUTED, resource))
        named: dict[str, Resource] = {}
        unexplained: list[Place] = []
        for value in values(resource, via):
            same = [candidate for type_ in wanted for candidate in self.named(type_, value)] if isinstance(value, str) else []
            named.update((candidate.urn, candidate) for candidate in same)
            if isinstance(value, str) and not same:
                unexplained.append(Place(via, Reason.EXTERNAL.value, Reason.EXTERNAL, resource))
            elif not same:
                unexplained.insert(0, Place(via, misfit(value), value.reason if isinstance(value, Unknown) else None, resource))
        yield from {**linked, **named}.values()
        unexplained = unexplained[len(linked.keys() - named.keys()) :]  # each link stands for one value that is not a known name
        if unexplained:
            raise Undecided(ambiguous or unexplained)

    def ancestors(self, urn: str) -> list[str]:
        """A resource and the components that it is a part of, from the inside out."""
        way = [urn]
        while (resource := self.by_urn.get(way[-1])) and resource.parent and resource.parent not in way:
            way.append(resource.parent)
        return way

    def descendants(self, urn: str) -> Iterator[Resource]:
        """The children of a resource, their children, and so on; each once, even where a state says that they go in circles."""
        seen, waiting = {urn}, list(reversed(self._children.get(urn, ())))
        while waiting:
            child = waiting.pop()
            if child.urn not in seen:
                seen.add(child.urn)
                yield child
                waiting += reversed(self._children.get(child.urn, ()))

    def parts(self, urn: str, types: tuple[str, ...]) -> tuple[Resource, ...]:
        """What a link to a URN can mean: the resource of one of the types, or those among the descendants of a component."""
        known = self._parts.get((urn, types))
        if known is None:
            resource = self.by_urn.get(urn)
            if resource is not None and resource.rule_type in types:
                known = (resource,)
            else:
                known = tuple(child for child in self.descendants(urn) if child.rule_type in types)
            self._parts[urn, types] = known
        return known

    def names(self, resource: Resource) -> set[str]:
        """The known names by which others may refer to a resource."""
        held = (plain(resource.planned.raw(key)) for key in IDENTITIES)
        return {value for value in held if isinstance(value, str) and value}

    def named(self, type_: str, name: str) -> list[Resource]:
        """The resources of a type that have a name."""
        known = self._names.get(type_)
        if known is None:
            known = self._names[type_] = defaultdict(list)
            for resource in self.of(type_):
                for value in self.names(resource):
                    known[value].append(resource)
        return known.get(name, [])

    # Kubernetes --------------------------------------------------------------------------------------------

    def namespaced(self, namespace: Resource, *types: str) -> Iterator[Resource]:
        """The objects of the types in a namespace, by the same provider and the same name (or a link on `metadata`).

        Raises:
            Undecided: after the known ones, when an object's namespace is not known.
        """
        yield from self.keyed(place_of(namespace), *types, by=homes)
        namespace.root.string("metadata.name")  # raises where it is not known: what names a namespace may then name this one

    def beside(self, resource: Resource, *types: str, name: str = "") -> Iterator[Resource]:
        """The objects of the types in the namespace of an object; the object itself too, where it is of such a type.

        With a name, only those that have it.

        Raises:
            Undecided: at once when its own namespace is not known; after the known ones, when that of another is not.
        """
        place = self.home(resource)
        yield from self.keyed((place, name), *types, by=addresses) if name else self.keyed(place, *types, by=homes)

    def home(self, resource: Resource) -> tuple[str, str]:
        """The namespace that an object is in, as a part of keys for `keyed`: by the same provider and the same name or link.

        Raises:
            Undecided: when it is not known.
        """
        return home(self, resource)

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
