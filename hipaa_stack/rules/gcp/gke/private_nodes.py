"""A node with an address in the internet is one open port away from everybody, and every pod on it shares the exposure."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-002",
    title="Nodes are private",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(a)(1)", "nodes that handle ePHI cannot be reached from the internet"),
        Cite("164.312(e)(1)", "traffic of nodes stays on networks of your own"),
    ),
    tags=("cis-gke",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Set privateClusterConfig.enablePrivateNodes to true.",
)
def check(cluster: Node) -> Iterator[Violation]:
    path = "privateClusterConfig.enablePrivateNodes"
    if cluster.boolean(path) is not True:
        yield cluster.fail(path, "nodes get addresses in the internet")
