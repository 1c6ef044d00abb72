"""Whoever administers the whole cluster may read every secret and stop every control in it: that belongs to emergencies and few names."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.eks._access import (
    ASSOCIATION,
    PRINCIPAL,
    every_way_in,
    is_cluster_admin,
    lets_in,
    names_a_person,
    names_roles,
    needs_second_factor,
    roles,
)
from hipaa_stack.settings import Settings


@rule(
    id="AWS-EKS-019",
    title="Cluster-wide admin policy is break-glass only",
    severity=Severity.HIGH,
    types=(ASSOCIATION,),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "daily work needs narrow rights, everything is for emergencies"),
        Cite("164.312(a)(2)(ii)", "emergency access goes to a role that proves who uses it"),
    ),
    tags=("cis-eks",),
    fix="Associate a narrower policy or a namespace, or list the role in cluster_admins or break_glass_subjects.",
)
def check(association: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    listed = {*settings.break_glass_subjects, *settings.cluster_admins}
    if all_of(
        lambda: is_cluster_admin(association),
        lambda: not (listed and association.string(PRINCIPAL) in listed),
        lambda: not _is_break_glass(association, stack),
    ):
        yield association.fail(PRINCIPAL, "administers the whole cluster, and is no listed administrator")


def _is_break_glass(association: Node, stack: Stack) -> bool:
    """What takes on a role that is not in the stack is not seen here: such a role has to be listed."""
    resource = association.resource
    return names_roles(resource, stack) and some(roles(resource, stack), lambda role: every_way_in(role, lets_in, _is_guarded))


def _is_guarded(statement: Node) -> bool:
    return any_of(lambda: needs_second_factor(statement), lambda: names_a_person(statement))
