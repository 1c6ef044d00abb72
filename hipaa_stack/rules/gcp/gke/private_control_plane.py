"""An API server with an address in the internet can be tried by everybody: a leaked token or a flaw in it is then enough to read every Secret."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp.gke._endpoints import has_public_endpoint


@rule(
    id="GCP-GKE-003",
    title="The control plane has no public IP",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(a)(1)", "the API server is reachable from networks of your own alone"),
        Cite("164.312(e)(1)", "administration does not cross the internet"),
    ),
    tags=("cis-gke",),
    fix="Set privateClusterConfig.enablePrivateEndpoint to true, or switch IP endpoints off in controlPlaneEndpointsConfig.ipEndpointsConfig.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if has_public_endpoint(cluster):
        yield cluster.fail("privateClusterConfig.enablePrivateEndpoint", "the control plane has an address in the internet")
