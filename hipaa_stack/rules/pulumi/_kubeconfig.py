"""Reading a kubeconfig out of a property: the credentials in it that stay valid wherever the text goes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from hipaa_stack.resources import Unparsable

_STATIC: Final = {"token": "a token", "password": "a password", "client-key-data": "a client key"}
"""Fields of a user (Kubernetes reference, Config v1), against `exec`, which asks for a short-lived token each time."""

_LONGEST: Final = 1_000_000
"""Characters; a kubeconfig of more is none."""


def parsed(text: str, path: str) -> Mapping[str, Any] | None:
    """The document; None for the path of a file.

    Raises:
        Unparsable: when it is neither.
    """
    try:
        # Without aliases nothing in it can be made to explode.
        if len(text) > _LONGEST or any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
            raise ValueError  # noqa: TRY301 - told as every other reason
        document = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        document = ()
    if isinstance(document, str):
        return None
    if not isinstance(document, Mapping):
        raise Unparsable(f"{path}: not a YAML or JSON document")
    return document


def static_credentials(config: Mapping[str, Any]) -> Iterator[str]:
    """What the users of a kubeconfig hold, such as `a token`, in order and each once."""
    users = config.get("users")
    held: set[str] = set()
    for entry in users if isinstance(users, list) else ():
        user = entry.get("user") if isinstance(entry, Mapping) else None
        if isinstance(user, Mapping):
            held.update(field for field in _STATIC if user.get(field) not in (None, ""))
    yield from (_STATIC[field] for field in _STATIC if field in held)
