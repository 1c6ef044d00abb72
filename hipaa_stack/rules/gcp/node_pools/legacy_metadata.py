"""The oldest endpoints of the metadata server answer requests without its header: one that a pod is tricked into sending is enough to take the token of a node."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs


@rule(
    id="GCP-NP-007",
    title="Legacy metadata is off",
    severity=Severity.MEDIUM,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.312(a)(1)", "the token of a node is not given to forged requests"),),
    tags=("cis-gke",),
    fix='Remove disable-legacy-endpoints from nodeConfig.metadata, or set it to "true".',
    each=node_configs,
)
def check(pool: Node) -> Iterator[Violation]:
    name = "disable-legacy-endpoints"
    if any(value.lower() == "false" for value in pool.node("nodeConfig.metadata").scalars(name)):
        yield pool.fail(f"nodeConfig.metadata.{name}", "old endpoints of the metadata server answer")
