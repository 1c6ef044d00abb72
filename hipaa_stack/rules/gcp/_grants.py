"""Grants of roles (Google Cloud IAM): the types that make them, and whom they name."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, chain
from hipaa_stack.rules.gcp._types import gcp

GRANTS: Final = tuple(f"gcp:*{iam}{kind}" for kind in ("Member", "Binding", "Policy") for iam in ("IAM", "Iam"))
"""Every type that grants roles: each service of Google Cloud has its own, in one of two spellings."""

WIDE_GRANTS: Final = tuple(
    gcp(f"{level}/iAM{kind}") for level in ("projects", "folder", "organizations") for kind in ("Member", "Binding", "Policy")
)
"""Types that grant roles in a whole project or more."""


def grants(resource: Node) -> Iterator[Node]:
    """The grants that a resource makes, each with a `role` and with a `member` or `members`; of a policy all its bindings."""
    if not resource.resource.rule_type.endswith("Policy"):
        yield resource
        return
    document = resource.document("policyData")
    if document is not None:
        yield from document.items("bindings")


def members(grant: Node) -> Iterator[tuple[str, str]]:
    """Whom a grant names, each with its path: `user:a@example.org`, `serviceAccount:…`, `allUsers`."""
    yield from chain([_member(grant), grant.indexed_strings("members")])


def _member(grant: Node) -> Iterator[tuple[str, str]]:
    member = grant.string("member")
    if member is not None:
        yield "member", member
