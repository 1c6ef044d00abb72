"""A cluster whose creator is no administrator, and that names none, locks everybody out: in an emergency nobody can repair it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._access import ASSOCIATION, admits_creator, is_cluster_admin


@rule(
    id="AWS-EKS-021",
    title="An admin entry exists",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(Cite("164.312(a)(2)(ii)", "somebody can administer the cluster in an emergency"),),
    fix="Associate AmazonEKSClusterAdminPolicy, in the scope of the cluster, with the access entry of a role.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    if all_of(lambda: _needs_one(cluster), lambda: not _has_one(cluster, stack)):
        yield cluster.fail("name", "nobody administers this cluster: neither its creator nor an access entry")


def _needs_one(cluster: Node) -> bool:
    if admits_creator(cluster.resource.root):
        raise NotApplicable("the creator administers the cluster")
    return True


def _has_one(cluster: Node, stack: Stack) -> bool:
    return some(stack.linked(cluster.resource, ASSOCIATION, via="clusterName"), lambda found: is_cluster_admin(found.planned))
