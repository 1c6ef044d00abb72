"""Traffic between two pods of one node never leaves it: flow logs, firewall rules and mirroring see nothing of it unless it is sent through the network."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-017",
    title="Intranode traffic is visible",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(b)", "flow logs hold the traffic between all pods"),),
    tags=("cis-gke",),
    fix="Set enableIntranodeVisibility to true.",
)
def check(cluster: Node) -> Iterator[Violation]:
    path = "enableIntranodeVisibility"
    if not any_of(lambda: cluster.boolean(path) is True, lambda: autopilot(cluster)):
        yield cluster.fail(path, "traffic between pods of one node is in no flow log")
