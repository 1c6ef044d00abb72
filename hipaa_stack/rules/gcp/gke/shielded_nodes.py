"""A node that is not shielded proves its identity with a token that any pod on it can steal, and joins the cluster as whatever it likes."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-008",
    title="Nodes are shielded",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(Cite("164.312(c)(1)", "a node that joins is the machine that Google has started, unchanged"),),
    tags=("cis-gke",),
    fix="Set enableShieldedNodes to true.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("enableShieldedNodes") is False:
        yield cluster.fail("enableShieldedNodes", "nodes are not shielded", remedy=True)
