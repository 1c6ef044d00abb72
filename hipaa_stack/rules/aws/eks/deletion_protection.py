"""A deleted cluster takes its workloads and all that is kept in etcd with it; a protected one survives a mistake."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-EKS-009",
    title="Cluster deletion protection is on",
    severity=Severity.MEDIUM,
    types=(aws("eks/cluster"),),
    cites=(Cite("164.312(c)(1)", "what etcd keeps is not destroyed by a mistake"),),
    fix="Set deletionProtection to true.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("deletionProtection") is not True:
        yield cluster.fail("deletionProtection", "one call deletes the cluster", remedy=True)
