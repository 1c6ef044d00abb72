"""With NET_ADMIN a pod rewrites the network of its node, and reads or redirects what other pods send."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-028",
    title="Autopilot denies NET_ADMIN",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.308(a)(1)(ii)(B)", "a pod cannot listen to others on its node"),),
    fix="Set allowNetAdmin to false.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("allowNetAdmin") is True:
        yield cluster.fail("allowNetAdmin", "pods may take NET_ADMIN")
