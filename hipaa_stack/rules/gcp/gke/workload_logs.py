"""What a node and its pods wrote is gone with them: without a copy outside of the cluster nobody can tell later what happened to ePHI."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp.gke._logs import COMPONENTS, logs


@rule(
    id="GCP-GKE-013",
    title="System and workload logs are on",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(Cite("164.312(b)", "what runs in the cluster is recorded outside of it"),),
    tags=("cis-gke",),
    fix="List SYSTEM_COMPONENTS and WORKLOADS in loggingConfig.enableComponents, and leave loggingService unset.",
)
def check(cluster: Node) -> Iterator[Violation]:
    return chain([_components(cluster), _service(cluster)])


def _components(cluster: Node) -> Iterator[Violation]:
    if not logs(cluster, "SYSTEM_COMPONENTS", "WORKLOADS"):
        yield cluster.fail(COMPONENTS, "logs of the system or of workloads are not sent")


def _service(cluster: Node) -> Iterator[Violation]:
    if cluster.string("loggingService") == "none":
        yield cluster.fail("loggingService", "no logs are sent at all")
