"""Which rules of an audit policy decide on access to Secrets (audit.k8s.io/v1: the first rule that matches decides)."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, any_of, some
from hipaa_stack.rules.kubernetes.control_plane._ordered import in_order

_SECRETS: Final = frozenset({"secrets", "*"})
_LIMITS: Final = ("users", "userGroups", "verbs", "namespaces")


def secret_rules(policy: Node) -> Iterator[Node]:
    """The rules that can match access to Secrets, up to the first that matches all of it."""
    for rule in in_order(policy, "rules"):
        if _matches(rule):
            yield rule
            if matches_all(rule):
                return


def matches_all(rule: Node) -> bool:
    """True for a rule over Secrets that is limited to no users, verbs, namespaces or names."""
    return not any_of(*(lambda limit=limit: rule.is_set(limit) for limit in _LIMITS), lambda: not _without_names(rule))


def _matches(rule: Node) -> bool:
    """A rule without resources matches all of them, unless it is one for other URLs."""
    if not rule.is_set("resources"):
        return not rule.is_set("nonResourceURLs")
    return some(rule.items("resources"), _holds_secrets)


def _without_names(rule: Node) -> bool:
    if not rule.is_set("resources"):
        return True
    return some(rule.items("resources"), lambda group: _holds_secrets(group) and not group.is_set("resourceNames"))


def _holds_secrets(group: Node) -> bool:
    if group.string("group"):
        return False
    return not group.is_set("resources") or any(name in _SECRETS for name in group.strings("resources"))
