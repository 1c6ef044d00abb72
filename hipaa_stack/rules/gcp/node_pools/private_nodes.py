"""A pool may leave the privacy of its cluster: its nodes then stand in the internet, and nothing in the cluster's own settings shows it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, pools


@rule(
    id="GCP-NP-008",
    title="Pools do not override private nodes",
    severity=Severity.HIGH,
    types=(NODE_POOL, CLUSTER),
    cites=(
        Cite("164.312(a)(1)", "no node of a private cluster can be reached from the internet"),
        Cite("164.312(e)(1)", "traffic of nodes stays on networks of your own"),
    ),
    fix="Set networkConfig.enablePrivateNodes to true, or leave it out.",
    each=pools,
)
def check(pool: Node) -> Iterator[Violation]:
    path = "networkConfig.enablePrivateNodes"
    if pool.boolean(path) is False:
        yield pool.fail(path, "nodes of this pool get addresses in the internet")
