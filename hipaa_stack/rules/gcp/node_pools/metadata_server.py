"""A pod that reaches the metadata of its node takes the token of the node, and with it the rights of every pod there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs


def _as_made(resource: Node) -> Iterator[Node]:
    """A pool as it will be: GKE chooses by the identity of the cluster where a program says nothing. In a cluster, what is asked for."""
    if resource.resource.rule_type == NODE_POOL:
        yield resource
    else:
        yield from node_configs(resource)


@rule(
    id="GCP-NP-003",
    title="Pods see the GKE metadata server",
    severity=Severity.HIGH,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.312(d)", "a pod gets a token of its own, not that of its node"),),
    tags=("cis-gke",),
    fix="Set nodeConfig.workloadMetadataConfig.mode to GKE_METADATA.",
    each=_as_made,
)
def check(pool: Node, stack: Stack) -> Iterator[Violation]:  # noqa: ARG001 - a rule over the stack reads what GKE fills in
    path = "nodeConfig.workloadMetadataConfig.mode"
    if pool.string(path) != "GKE_METADATA":
        yield pool.fail(path, "pods see the metadata of their node, and its token")
