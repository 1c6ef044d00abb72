"""A node without an account of its own acts as the default account of Compute Engine, which in many projects may edit everything; so may whoever takes the node."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._accounts import own_account
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs


@rule(
    id="GCP-NP-002",
    title="Nodes have their own service account",
    severity=Severity.HIGH,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.308(a)(4)(ii)(B)", "a node holds the rights that nodes need, and no others"),),
    tags=("cis-gke",),
    fix="Set nodeConfig.serviceAccount to an account of your own with roles/container.defaultNodeServiceAccount.",
    each=node_configs,
)
def check(pool: Node, stack: Stack) -> Iterator[Violation]:
    path = "nodeConfig.serviceAccount"
    if not own_account(pool, path, stack):
        yield pool.fail(path, "nodes act as the default account")
