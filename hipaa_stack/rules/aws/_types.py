"""Type tokens of the AWS provider, and groups of types that rules read alike."""

from typing import Final


def aws(name: str) -> str:
    """The type token of `eks/cluster`: its class is the last part, first letter upper-cased."""
    last = name.rpartition("/")[2]
    return f"aws:{name}:{last[0].upper()}{last[1:]}"


POLICIES: Final = tuple(map(aws, ("iam/policy", "iam/rolePolicy", "iam/userPolicy", "iam/groupPolicy", "iam/role")))
"""Types that hold identity policies; of a role its inline ones."""
