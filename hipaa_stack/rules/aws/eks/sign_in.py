"""A password or an access key alone is easily taken; who comes into a cluster signs in with an identity provider or shows a second factor."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._policies import allows_action, principals
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._access import ENTRY, FEDERATED, PRINCIPAL, every_way_in, names_roles, needs_second_factor, roles
from hipaa_stack.settings import Profile

_IDENTITY_CENTER: Final = ":role/aws-reserved/sso.amazonaws.com/"
"""In the ARNs of roles that people take on through IAM Identity Center (its user guide, AWSReservedSSO roles)."""


@rule(
    id="AWS-EKS-024",
    title="Cluster sign-in is federated or needs MFA",
    severity=Severity.HIGH,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(d)", "who comes in has proved who they are by more than a password"),
        Cite("164.312(a)(2)(i)", "an identity provider knows people by name"),
    ),
    proposed=(Proposed.MULTI_FACTOR_AUTHENTICATION,),
    fix="Give the cluster an identity provider, or let its access entries name roles of IAM Identity Center, of a federation, or with MFA.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    resource = cluster.resource
    if not any_of(
        lambda: any(stack.linked(resource, aws("eks/identityProviderConfig"), via="clusterName")),
        lambda: _every_entry_is_strong(resource, stack),
    ):
        yield cluster.fail("name", "people come in without an identity provider and without a second factor")


def _every_entry_is_strong(cluster: Resource, stack: Stack) -> bool:
    """Of the entries that are for people: there is one, and none is weak."""
    return all_of(
        lambda: some(_entries(cluster, stack), _is_standard),
        lambda: not some(_entries(cluster, stack), lambda entry: all_of(lambda: _is_standard(entry), lambda: not _is_strong(entry, stack))),
    )


def _entries(cluster: Resource, stack: Stack) -> Iterator[Resource]:
    return stack.linked(cluster, ENTRY, via="clusterName")


def _is_standard(entry: Resource) -> bool:
    """The other types are nodes (EKS API reference, AccessEntry)."""
    return (entry.planned.string("type") or "STANDARD") == "STANDARD"


def _is_strong(entry: Resource, stack: Stack) -> bool:
    """A user or the root user comes in with credentials of its own; a role outside the stack cannot be looked at."""
    if not names_roles(entry, stack):
        arn = entry.planned.string(PRINCIPAL) or ""
        if _IDENTITY_CENTER in arn or ":role/" not in arn:
            return _IDENTITY_CENTER in arn
    return some(roles(entry, stack), lambda role: every_way_in(role, _is_way_of_people, _is_strong_way))


def _is_way_of_people(statement: Node) -> bool:
    """Services of AWS take on a role without anybody who signs in."""
    return any_of(lambda: _is_federated(statement), lambda: _is_direct(statement))


def _is_strong_way(statement: Node) -> bool:
    return any_of(lambda: needs_second_factor(statement), lambda: not _is_direct(statement))


def _is_federated(statement: Node) -> bool:
    return some(FEDERATED, lambda action: allows_action(statement, action))


def _is_direct(statement: Node) -> bool:
    """True when users or roles of AWS may take it on with the credentials that they have."""
    return all_of(lambda: allows_action(statement, "sts:AssumeRole"), lambda: any(True for _ in principals(statement, "AWS")))
