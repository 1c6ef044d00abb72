"""Whoever impersonates another user acts with their rights, and in their name."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import ROLES

_RIGHT = right("", ("users", "groups", "serviceaccounts"), ("impersonate",))
_GROUPS = frozenset({"authentication.k8s.io", "*"})
_IDENTITIES = frozenset({"users", "groups", "serviceaccounts", "nodes", "uids", "userextras", "*"})


@rule(
    id="K8S-RBAC-006",
    title="No role may impersonate",
    severity=Severity.CRITICAL,
    types=ROLES,
    cites=(
        Cite("164.312(a)(2)(i)", "an action traces to the person who did it"),
        Cite("164.308(a)(4)(ii)(B)", "nobody takes over the rights of others"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Remove the verbs that begin with impersonate, and wildcards that hold them.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if any_of(lambda: grants(item, _RIGHT), lambda: _impersonates_parts_or_kinds(item)):
        yield item.fail("", "may act as another user")


def _impersonates_parts_or_kinds(item: Node) -> bool:
    """User ids and extra fields (`userextras/<key>`), and the verbs of 1.36 such as impersonate:serviceaccount."""
    return all_of(
        lambda: not _GROUPS.isdisjoint(item.strings("apiGroups")),
        lambda: any(resource.partition("/")[0] in _IDENTITIES for resource in item.strings("resources")),
        lambda: any(verb == "*" or verb.startswith("impersonate") for verb in item.strings("verbs")),
    )
