"""The DNS endpoint goes around the list of networks: once it takes traffic from outside, an identity of Google alone opens the API server from anywhere."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-005",
    title="The DNS endpoint is not open to the internet",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(a)(1)", "who reaches the API server is not left to identity alone"),),
    fix="Set controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic to false.",
)
def check(cluster: Node) -> Iterator[Violation]:
    path = "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic"
    if cluster.boolean(path) is True:
        yield cluster.fail(path, "the DNS endpoint takes traffic from the internet")
