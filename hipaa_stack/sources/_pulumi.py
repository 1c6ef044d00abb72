"""What previews and states of Pulumi have in common: resources as the engine serialises them.

The marks are those of the engine: https://github.com/pulumi/pulumi, `sdk/go/common/resource/sig` (kinds of values) and
`sdk/go/common/resource/plugin` (unknown values).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hipaa_stack.resources import Options, Reason, Resource, Secret, Undecided, Unknown, objects
from hipaa_stack.sources._text import Text

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key of objects that stand for another kind of value."""

_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_MASK = "[secret]"
"""What the engine prints instead of a secret."""

_UNKNOWN = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""Stand for a boolean, number, string, list, asset, archive or object that is known only after deployment."""

_BOOKKEEPING = frozenset({"__defaults", "__meta", "__internal", "__inputs", "__initialApiVersion", "__fieldManager"})
"""Keys under which the engine's bridges note things of their own."""

_DEEPEST = 200
_OPAQUE = Secret(Unknown(Reason.ENCRYPTED))
"""A secret whose value nobody here knows: a rule cannot decide on it, but can see that it is kept as a secret."""


class NotAccepted(Exception):  # noqa: N818 - told as a problem
    """A part of a file that is not what the engine writes."""


def decoded(value: Any, depth: int = 0) -> Any:
    """Plain data with Unknown and Secret in it.

    Raises:
        NotAccepted: when it is nested too deeply.
    """
    if isinstance(value, str):
        if value in _UNKNOWN:
            return Unknown()
        return _OPAQUE if value == _MASK else value
    if not isinstance(value, dict | list):
        return value
    if depth > _DEEPEST:
        raise NotAccepted(f"nested more than {_DEEPEST} levels deep")
    if isinstance(value, list):
        return [decoded(item, depth + 1) for item in value]
    if SIGNATURE in value:
        return _signed(value, depth)
    return {key: decoded(item, depth + 1) for key, item in value.items() if key not in _BOOKKEEPING}


def _signed(value: dict[str, Any], depth: int) -> Any:
    match value[SIGNATURE]:
        case kind if kind == _SECRET:
            plaintext = value.get("plaintext")
            if not isinstance(plaintext, str):
                return _OPAQUE
            try:
                inner = decoded(json.loads(plaintext), depth + 1)
            except (ValueError, RecursionError):
                return _OPAQUE
            return inner if isinstance(inner, Secret) else Secret(inner)
        case kind if kind == _OUTPUT:
            inner = decoded(value["value"], depth + 1) if "value" in value else Unknown()
            return Secret(inner) if value.get("secret") and not isinstance(inner, Secret) else inner
        case kind if kind == _REFERENCE:
            return decoded(value.get("id") or value.get("urn"), depth + 1)
    return {key: decoded(item, depth + 1) for key, item in value.items() if key != SIGNATURE}  # an asset or an archive


def resources(text: Text, where: str, state: Any, step: str = "", replace_keys: Any = None) -> Iterator[Resource]:
    """The resource that the engine serialised at a place of a file, or the objects in it when it is a Kubernetes list."""
    try:
        whole = _resource(text.source, state, step, replace_keys)
    except NotAccepted as error:
        text.problem(None, f"{where}: {error}")
        return
    try:
        yield from objects(whole)
    except Undecided as undecided:
        for place in undecided.places:
            text.problem(None, f"{where}: {place.path}: {place.why}")


def _resource(source: str, state: Any, step: str, replace_keys: Any) -> Resource:
    if not isinstance(state, dict):
        raise NotAccepted("accepted: a resource, an object with urn and type")
    urn, type_ = state.get("urn"), state.get("type")
    if not isinstance(urn, str) or not isinstance(type_, str) or urn.count("::") < 3 or not type_:  # noqa: PLR2004 - stack, project, type, name
        raise NotAccepted("accepted: a resource with its urn and type")
    return Resource(
        urn,
        type_,
        urn.split("::", 3)[3],
        _object(state, "inputs"),
        _object(state, "outputs") if state.get("outputs") is not None else None,
        Options(
            protect=state.get("protect") is True,
            ignore_changes=_texts(state.get("ignoreChanges")),
            aliases=_texts(state.get("aliases")),
            retain_on_delete=state.get("retainOnDelete") is True,
        ),
        _text(state, "parent"),
        _text(state, "provider"),
        {key: _texts(urns) for key, urns in _mapping(state.get("propertyDependencies")).items()},
        step,
        _texts(replace_keys),
        _text(state, "created"),
        source,
    )


def _object(state: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = state.get(key)
    if value is not None and not isinstance(value, dict):
        raise NotAccepted(f"{key}: accepted: an object")
    made = decoded(value or {})
    return made if isinstance(made, dict) else {}


def _text(state: Mapping[str, Any], key: str) -> str:
    value = state.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
