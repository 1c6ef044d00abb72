"""Names that clouds and Kubernetes accept: length-safe, stable, still telling apart what was cut."""

import hashlib

HASH_LENGTH = 6

NAME_ONCE = ["namePrefix"]
"""`ignore_changes` of what is named after its component: renaming the component, with an alias, replaces nothing."""


def fit(name: str, longest: int) -> str:
    """The name itself, or its beginning and a hash of the whole when it is longer than `longest` characters."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    return f"{name[: longest - HASH_LENGTH - 1].rstrip('-_.')}-{digest}"
