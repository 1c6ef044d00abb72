"""Container-Optimized OS mounts its root read-only and carries little beside what runs containers; other images bring more that can be attacked and must be kept up to date."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs
from hipaa_stack.settings import Profile


@rule(
    id="GCP-NP-010",
    title="Nodes run Container-Optimized OS",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(NODE_POOL, CLUSTER),
    cites=(
        Cite("164.308(a)(1)(ii)(B)", "a node carries little that can be attacked"),
        Cite("164.312(c)(1)", "the system of a node cannot be changed while it runs"),
    ),
    tags=("cis-gke",),
    fix="Set nodeConfig.imageType to COS_CONTAINERD.",
    each=node_configs,
)
def check(pool: Node) -> Iterator[Violation]:
    path = "nodeConfig.imageType"
    image = (pool.string(path) or "COS_CONTAINERD").upper()
    if image.startswith("WINDOWS_"):
        raise NotApplicable("Windows nodes have an image of their own")
    if image != "COS_CONTAINERD":
        yield pool.fail(path, "nodes run another system")
