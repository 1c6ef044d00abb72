"""Who comes into a cluster: access entries, the policies that go with them, and the roles behind both."""

from collections.abc import Callable, Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, all_of, chain, some
from hipaa_stack.rules.aws._policies import allows_action, condition_values, statements
from hipaa_stack.rules.aws._types import aws

CREATOR: Final = "accessConfig.bootstrapClusterCreatorAdminPermissions"
ENTRY: Final = aws("eks/accessEntry")
ASSOCIATION: Final = aws("eks/accessPolicyAssociation")
ROLE: Final = aws("iam/role")

PRINCIPAL: Final = "principalArn"
FEDERATED: Final = ("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
"""Actions by which those come in whom an identity provider has signed in."""

_TRUST: Final = "assumeRolePolicy"


def admits_creator(cluster: Node) -> bool:
    """True unless it is switched off: by default the identity that creates a cluster administers it."""
    return cluster.boolean(CREATOR) is not False


def is_cluster_admin(association: Node) -> bool:
    """True for an association that lets its principal do everything in the whole cluster."""
    return all_of(
        lambda: (association.string("policyArn") or "").endswith("/AmazonEKSClusterAdminPolicy"),
        lambda: association.string("accessScope.type") == "cluster",
    )


def roles(holder: Resource, stack: Stack) -> Iterator[Resource]:
    """The roles of the stack that the principal of an entry or an association is, also by way of an entry.

    Raises:
        Undecided: after the known ones, when the principal is outside the stack or not known.
    """
    return chain(_role(found, stack) for found in stack.targets(holder, ROLE, ENTRY, via=PRINCIPAL))


def _role(found: Resource, stack: Stack) -> Iterator[Resource]:
    yield from [found] if found.rule_type == ROLE else roles(found, stack)


def is_linked_to_role(holder: Resource, stack: Stack) -> bool:
    """True when the principal of an entry or an association comes from a role of the stack, also by way of an entry."""
    origins = holder.property_dependencies.get(PRINCIPAL, ())
    found = [part for urn in origins for part in stack.parts(urn, (ROLE, ENTRY))]
    return any(part.rule_type == ROLE or is_linked_to_role(part, stack) for part in found)


def names_roles(holder: Resource, stack: Stack) -> bool:
    """True when the principal of an entry or an association is a role of the stack, by link or by ARN.

    Raises:
        Undecided: when it is not known and not linked, or may be that of a role whose ARN is not known yet.
    """
    if is_linked_to_role(holder, stack):
        return True
    arn = holder.planned.string(PRINCIPAL) or ""
    return some(stack.keyed(_name(arn), ROLE, by=_names), lambda role: role.planned.string("arn") == arn)


def _names(_: Stack, role: Resource) -> Iterator[Hashable]:
    """The name of a role, which is known earlier than its ARN, and in which the ARN ends."""
    yield role.planned.string("name") or _name(role.planned.string("arn") or "")


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def every_way_in(role: Resource, is_way: Callable[[Node], bool], holds: Callable[[Node], bool]) -> bool:
    """True when statements of a role's trust policy are ways in, and something holds for all of these."""
    return all_of(
        lambda: some(statements(role.planned, _TRUST), is_way),
        lambda: not some(statements(role.planned, _TRUST), lambda way: all_of(lambda: is_way(way), lambda: not holds(way))),
    )


def lets_in(statement: Node) -> bool:
    """True for a statement that lets somebody take the role on."""
    return some(("sts:AssumeRole", *FEDERATED), lambda action: allows_action(statement, action))


def needs_second_factor(statement: Node) -> bool:
    """`Bool` alone: the other operators hold where a session has no such key."""
    return _asks_for(statement, "aws:multifactorauthpresent", ("bool",), lambda value: value.lower() == "true")


def names_a_person(statement: Node) -> bool:
    """True when it asks for a source identity, which stays with a session through every change of roles."""
    operators = ("stringequals", "stringequalsignorecase", "stringlike")
    return _asks_for(statement, "sts:sourceidentity", operators, lambda value: value.strip("*") != "")


def _asks_for(statement: Node, key: str, operators: tuple[str, ...], accepted: Callable[[str], bool]) -> bool:
    return all_of(
        lambda: any(True for _ in condition_values(statement, key, *operators)),
        lambda: not some(condition_values(statement, key, *operators), lambda value: not accepted(value)),
    )
