"""Kubernetes objects as resources: their type tokens, their names, and the objects inside lists."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hipaa_stack.resources._resource import Resource
from hipaa_stack.resources._values import Place, Secret, Undecided, Unknown

_MOST_NESTED: Final = 10
"""Lists inside lists; deeper ones are left as they are."""


def kubernetes_type(api_version: str, kind: str) -> str:
    """Pulumi's type token of a Kubernetes object: `kubernetes:apps/v1:Deployment`, `kubernetes:core/v1:Pod`."""
    return f"kubernetes:{api_version if '/' in api_version else f'core/{api_version}'}:{kind}"


def object_name(content: Mapping[str, Any], otherwise: str) -> str:
    """`metadata.name` of an object, or the beginning that it asks for (`generateName`), or the given name."""
    metadata = content.get("metadata")
    if isinstance(metadata, Mapping):
        for key in ("name", "generateName"):
            if isinstance(metadata.get(key), str) and metadata[key]:
                return str(metadata[key])
    return otherwise


def is_list(type_: str, content: Mapping[str, Any]) -> bool:
    """True for `kind: List` and for typed lists such as PodList; an object that merely ends so has no items."""
    return type_.startswith("kubernetes:") and type_.endswith("List") and "items" in content


def objects(resource: Resource, _depth: int = 0) -> Iterator[Resource]:
    """The resource itself, or the objects in it when it is a Kubernetes list; their paths begin `items[0]`.

    An item that is not known stands as an object of the list's kind, every property of which is unknown.

    Raises:
        Undecided: after the other objects, when an item's kind cannot be told, or the items are not known.
    """
    if not is_list(resource.type, resource.inputs) or _depth == _MOST_NESTED:
        yield resource
        return
    places: list[Place] = []
    at = f"{resource.prefix}.items" if resource.prefix else "items"
    items = resource.inputs["items"]
    items = items.value if isinstance(items, Secret) else items
    if isinstance(items, Unknown):
        places.append(Place(at, items.reason.value, items.reason))
    elif items is not None and not isinstance(items, list):
        places.append(Place(at, "expected a list of objects"))
    for index, item in enumerate(items if isinstance(items, list) else ()):
        found = _item(resource, index, item, f"{at}[{index}]")
        if found is None:
            places.append(Place(f"{at}[{index}]", "expected an object with apiVersion and kind"))
            continue
        try:
            yield from objects(found, _depth + 1)
        except Undecided as undecided:
            places += undecided.places
    if places:
        raise Undecided(places)


def _item(parent: Resource, index: int, item: Any, at: str) -> Resource | None:
    """One item of a list, which need not repeat the kind that a typed list is of."""
    content = item.value if isinstance(item, Secret) else item
    if isinstance(content, Unknown):
        content = _UnknownObject(content)
    elif isinstance(content, Mapping):
        content = {key: Secret(value) for key, value in content.items()} if isinstance(item, Secret) else content
    else:
        return None
    type_ = _type_of_item(parent.type, content)
    if type_ is None:
        return None
    planned = parent.outputs.get("items") if parent.outputs is not None else None
    outputs = planned[index] if isinstance(planned, list) and index < len(planned) and isinstance(planned[index], dict) else None
    return dataclasses.replace(
        parent,
        urn=f"{parent.urn}.{at}",
        type=type_,
        name=object_name(content, f"{parent.name}[{index}]") if isinstance(content, dict) else f"{parent.name}[{index}]",
        inputs=content,
        outputs=outputs,
        prefix=at,
    )


def _type_of_item(list_type: str, content: Mapping[str, Any]) -> str | None:
    _, version, kind = list_type.split(":", 2)
    if isinstance(content, dict) and isinstance(content.get("apiVersion"), str) and isinstance(content.get("kind"), str):
        return kubernetes_type(content["apiVersion"], content["kind"])
    return None if kind == "List" else f"kubernetes:{version}:{kind.removesuffix('List')}"


class _UnknownObject(Mapping[str, Any]):
    """An object of which nothing is known: each value is the unknown, and its keys cannot be listed."""

    def __init__(self, unknown: Unknown) -> None:
        self._unknown = unknown

    def __getitem__(self, key: str) -> Unknown:
        return self._unknown

    def __iter__(self) -> Iterator[str]:
        raise Undecided([Place("", self._unknown.reason.value, self._unknown.reason)])

    def __len__(self) -> int:
        return 1
