"""The pool that comes with a cluster is set up by defaults and can only be changed with the cluster; pools of your own are reviewed and replaced one by one."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot


@rule(
    id="GCP-GKE-022",
    title="The default node pool is removed",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.308(a)(1)(ii)(B)", "nodes are set up by what was reviewed, and can be replaced without the cluster"),),
    fix="Set removeDefaultNodePool to true and initialNodeCount to 1, and declare node pools of your own.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if autopilot(cluster):
        raise NotApplicable("Autopilot: there is no default node pool")
    if cluster.is_set("nodePools"):
        raise NotApplicable("the cluster declares its node pools, and has no other")
    if cluster.boolean("removeDefaultNodePool") is not True:
        yield cluster.fail("removeDefaultNodePool", "the cluster keeps the node pool that it is made with")
