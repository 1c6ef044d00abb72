"""Whether a property names a key of Cloud KMS, also where the key is made in the same run and has no name yet."""

from typing import Final

from hipaa_stack.resources import Node, Stack
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules.gcp._types import gcp

_KEYS: Final = tuple(map(gcp, ("kms/cryptoKey", "kms/cryptoKeyVersion", "kms/keyHandle")))
"""Types whose id names a key of your own."""


def own_key(node: Node, path: str, stack: Stack) -> bool:
    """True when the property at a path names a key, or comes from a key of the stack.

    Raises:
        Undecided: when the value is not known and does not come from a key of the stack.
    """
    return comes_from(node, path, stack, *_KEYS) or bool(node.string(path))
