"""Whoever creates a cluster administers it for ever unless it is told otherwise, and no list of access shows that."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._access import CREATOR, admits_creator


@rule(
    id="AWS-EKS-008",
    title="The creator is not a hidden cluster admin",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "who administers the cluster is decided, and not a matter of who made it"),
        Cite("164.312(a)(2)(i)", "every administrator stands in the list of access"),
    ),
    fix="Set accessConfig.bootstrapClusterCreatorAdminPermissions to false, which is possible only when the cluster is created.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if admits_creator(cluster):
        yield cluster.fail(CREATOR, "the identity that creates the cluster administers it, without being listed")
