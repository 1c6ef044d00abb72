"""Without a private endpoint the traffic between nodes and the API server, secrets included, leaves the network of the cluster."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws

_PRIVATE = "vpcConfig.endpointPrivateAccess"


@rule(
    id="AWS-EKS-002",
    title="API server has a private endpoint",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(a)(1)", "the API server is reached from inside the network"),
        Cite("164.312(e)(1)", "traffic of nodes and the API server stays in the network"),
    ),
    tags=("cis-eks",),
    fix="Set vpcConfig.endpointPrivateAccess to true.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean(_PRIVATE) is not True:
        yield cluster.fail(_PRIVATE, "nodes reach the API server over its public endpoint only", remedy=True)
