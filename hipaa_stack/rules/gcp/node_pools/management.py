"""Nodes that stay behind keep flaws that are known and fixed elsewhere, and a broken node takes its pods with it until somebody comes."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, pools


@rule(
    id="GCP-NP-006",
    title="Nodes repair and upgrade themselves",
    severity=Severity.MEDIUM,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.308(a)(1)(ii)(B)", "flaws of nodes are closed as their fixes are released"),),
    tags=("cis-gke",),
    proposed=(Proposed.PATCH_MANAGEMENT,),
    fix="Set management.autoRepair and management.autoUpgrade to true.",
    each=pools,
    remediates=True,
)
def check(pool: Node) -> Iterator[Violation]:
    for path, value in read_each(pool.boolean, "management.autoRepair", "management.autoUpgrade"):
        if not value:
            yield pool.fail(path, "nodes are not kept up to date and working by themselves", remedy=True)
