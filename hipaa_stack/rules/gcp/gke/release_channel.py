"""A cluster outside of a channel gets a new version when somebody thinks of it; known flaws stay open until then."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot


@rule(
    id="GCP-GKE-012",
    title="A release channel is set",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.308(a)(1)(ii)(B)", "flaws of Kubernetes are closed as their fixes are released"),),
    tags=("cis-gke",),
    proposed=(Proposed.PATCH_MANAGEMENT,),
    fix="Set releaseChannel.channel to REGULAR or STABLE.",
)
def check(cluster: Node) -> Iterator[Violation]:
    path = "releaseChannel.channel"
    if not any_of(lambda: cluster.string(path) not in (None, "", "UNSPECIFIED"), lambda: autopilot(cluster)):
        yield cluster.fail(path, "the cluster is in no release channel")
