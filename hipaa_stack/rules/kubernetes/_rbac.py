"""What roles grant and bindings hand out, as the API server's RBAC authorizer decides it (RBAC v1).

A rule of a role matches a request when its apiGroups, resources and verbs each hold the request's or "*". Resources
may also be written `*/subresource`; `pods/*` and `*/*` match nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hipaa_stack.resources import Node, NotApplicable, all_of

READ = ("get", "list", "watch")
ANY = (*READ, "create", "update", "patch", "delete", "deletecollection")


@dataclass(frozen=True, slots=True)
class Right:
    """Verbs on resources of an API group."""

    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]
    unless_named: bool
    """A rule that is limited by resourceNames does not grant it."""


def right(group: str, resources: tuple[str, ...], verbs: tuple[str, ...], *, unless_named: bool = False) -> Right:
    """A right, with the wildcards that grant it too; a subresource is written `pods/exec`."""
    of_any = {f"*/{subresource}" for _, slash, subresource in (each.partition("/") for each in resources) if slash}
    return Right(
        frozenset({group, "*"}),
        frozenset({*resources, *of_any, "*"}),
        frozenset({*verbs, "*"}),
        unless_named,
    )


def grants(rule: Node, wanted: Right) -> bool:
    """True when a rule of a role grants one of the verbs on one of the resources."""
    return all_of(
        lambda: not wanted.groups.isdisjoint(rule.strings("apiGroups")),
        lambda: not wanted.resources.isdisjoint(rule.strings("resources")),
        lambda: not wanted.verbs.isdisjoint(rule.strings("verbs")),
        lambda: not (wanted.unless_named and rule.is_set("resourceNames")),
    )


def policy_rules(role: Node) -> Iterator[Node]:
    """The rules of a role.

    Raises:
        NotApplicable: for a role whose rules the controller collects from others, each of which is judged itself.
    """
    empty = True
    for rule in role.items("rules"):
        empty = False
        yield rule
    if empty and role.present("aggregationRule"):
        raise NotApplicable("aggregated: the cluster roles that it selects are judged themselves")


def subjects(binding: Node) -> Iterator[Node]:
    """The subjects of a binding."""
    return binding.items("subjects")


def user_name(subject: Node) -> str:
    """How the API server names a subject; a service account is `system:serviceaccount:<namespace>:<name>`."""
    name = subject.string("name") or ""
    if subject.string("kind") != "ServiceAccount":
        return name
    namespace = subject.string("namespace") or subject.resource.root.string("metadata.namespace") or "default"
    return f"system:serviceaccount:{namespace}:{name}"
