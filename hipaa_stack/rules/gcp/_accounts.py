"""Service accounts that Google Cloud makes in every project, and those of your own."""

from typing import Final

from hipaa_stack.resources import Node, Stack
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules.gcp._types import gcp

_ACCOUNT: Final = gcp("serviceaccount/account")
_DEFAULT: Final = ("-compute@developer.gserviceaccount.com", "@appspot.gserviceaccount.com")
"""Endings of the accounts of Compute Engine and App Engine, which many projects let edit everything (IAM documentation)."""


def own_account(node: Node, path: str, stack: Stack) -> bool:
    """True when the property at a path names a service account other than a default one, or comes from one of the stack.

    Raises:
        Undecided: when the value is not known and does not come from an account of the stack.
    """
    if comes_from(node, path, stack, _ACCOUNT):
        return True
    email = node.string(path) or "default"
    return email != "default" and not is_default(email)


def is_default(email: str) -> bool:
    """True for an account that Google Cloud makes in every project; for its name in a grant as well."""
    return email.lower().endswith(_DEFAULT)
