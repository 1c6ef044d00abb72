"""The API server takes requests without a credential as those of system:anonymous; one binding too many and the internet may do what it allows."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-015",
    title="Anonymous access is limited",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.312(d)", "nobody but a health check is let in without an identity"),),
    fix="Set anonymousAuthenticationConfig.mode to LIMITED.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.string("anonymousAuthenticationConfig.mode") != "LIMITED":
        yield cluster.fail("anonymousAuthenticationConfig.mode", "requests without a credential are taken for more than health checks")
