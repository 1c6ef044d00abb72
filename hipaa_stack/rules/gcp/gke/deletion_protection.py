"""A rename or a wrong stack is enough to delete a cluster, and the volumes of its workloads with it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-020",
    title="Deletion protection is on",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.312(c)(1)", "a cluster that holds ePHI is not deleted by mistake"),),
    fix="Set deletionProtection to true.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("deletionProtection") is False:
        yield cluster.fail("deletionProtection", "the cluster can be deleted in one step", remedy=True)
