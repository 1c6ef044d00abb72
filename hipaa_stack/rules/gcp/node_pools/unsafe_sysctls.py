"""A kernel parameter that is not separate for each pod changes the node for all of them: one tenant can weaken or halt the others."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs


@rule(
    id="GCP-NP-009",
    title="No unsafe sysctls",
    severity=Severity.MEDIUM,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.308(a)(1)(ii)(B)", "a pod cannot change the kernel that others share"),),
    fix="Remove nodeConfig.kubeletConfig.allowedUnsafeSysctls.",
    each=node_configs,
)
def check(pool: Node) -> Iterator[Violation]:
    path = "nodeConfig.kubeletConfig.allowedUnsafeSysctls"
    if pool.is_set(path):
        yield pool.fail(path, "pods may set parameters of the kernel that all share")
