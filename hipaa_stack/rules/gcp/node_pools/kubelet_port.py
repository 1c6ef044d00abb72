"""The read-only port of the kubelet tells everybody on the network, without any credential, which pods run on a node and how they are set up."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Resource, Stack, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs


@rule(
    id="GCP-NP-005",
    title="The kubelet read-only port is closed",
    severity=Severity.MEDIUM,
    types=(NODE_POOL, CLUSTER),
    cites=(
        Cite("164.312(d)", "nobody reads from a node without an identity"),
        Cite("164.312(a)(1)", "what runs on a node is not open to the network"),
    ),
    tags=("cis-gke",),
    fix='Set nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled to "FALSE", or the same in nodePoolDefaults of the cluster.',
    each=node_configs,
)
def check(pool: Node, stack: Stack) -> Iterator[Violation]:
    path = "nodeConfig.kubeletConfig.insecureKubeletReadonlyPortEnabled"
    if not _is_closed(pool, path, stack):
        yield pool.fail(path, "the read-only port of the kubelet is open")


def _is_closed(pool: Node, path: str, stack: Stack) -> bool:
    own = pool.string(path)
    if own:
        return own == "FALSE"
    if pool.resource.rule_type == CLUSTER:
        return _closes(pool.resource)
    return some(stack.targets(pool.resource, CLUSTER, via="cluster"), _closes)


def _closes(cluster: Resource) -> bool:
    """True when pools of the cluster have the port closed unless they say otherwise."""
    return cluster.root.string("nodePoolDefaults.nodeConfigDefaults.insecureKubeletReadonlyPortEnabled") == "FALSE"
