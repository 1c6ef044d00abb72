"""Without it a pod calls Google Cloud as its node does, or with a key in a file: nobody can tell the pods apart, and each may do what all may."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot


@rule(
    id="GCP-GKE-006",
    title="Workload identity is on",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(d)", "each workload proves who it is with an identity of its own"),
        Cite("164.308(a)(4)(ii)(B)", "rights in Google Cloud are granted to a workload, not to a node"),
    ),
    tags=("cis-gke",),
    fix="Set workloadIdentityConfig.workloadPool to <project>.svc.id.goog.",
)
def check(cluster: Node) -> Iterator[Violation]:
    path = "workloadIdentityConfig.workloadPool"
    if not any_of(lambda: cluster.is_set(path), lambda: autopilot(cluster)):
        yield cluster.fail(path, "pods have no identity of their own in Google Cloud")
