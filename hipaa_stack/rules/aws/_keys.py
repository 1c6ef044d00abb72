"""Whether a property names a KMS key of your own, also where the key is made in the same run and has no name yet."""

import re
from typing import Final

from hipaa_stack.resources import Node, Stack
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules.aws._types import aws

_KEYS: Final = tuple(map(aws, ("kms/key", "kms/replicaKey", "kms/externalKey", "kms/alias")))
"""Types whose ARN or id names a key of your own."""

_OF_AWS: Final = re.compile(r"(^|:)alias/aws/")
"""In the names of keys that AWS manages (KMS developer guide, "AWS managed keys")."""


def own_key(node: Node, path: str, stack: Stack) -> bool:
    """True when the property at a path names a key that AWS does not manage, or comes from a key of the stack.

    Raises:
        Undecided: when the value is not known and does not come from a key of the stack.
    """
    if comes_from(node, path, stack, *_KEYS):
        return True
    name = node.string(path)
    return name is not None and name != "" and not _OF_AWS.search(name)
