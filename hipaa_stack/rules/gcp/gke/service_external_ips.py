"""A Service with an address of its choice in externalIPs takes over what pods send to that address (CVE-2020-8554)."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-019",
    title="Service external IPs are refused",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.312(e)(1)", "no tenant takes over traffic that is meant for another system"),),
    fix="Set serviceExternalIpsConfig.enabled to false.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("serviceExternalIpsConfig.enabled") is not False:
        yield cluster.fail("serviceExternalIpsConfig.enabled", "a Service can take over traffic to any address")
