"""An API server on the internet can be attacked by everybody who finds a flaw in it or a credential of the cluster."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._endpoint import PUBLIC, has_public_endpoint


@rule(
    id="AWS-EKS-003",
    title="API server has no public endpoint",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(a)(1)", "a stolen credential is of no use from outside the network"),
        Cite("164.312(e)(1)", "calls to the API server stay in the network"),
    ),
    tags=("cis-eks",),
    fix="Set vpcConfig.endpointPublicAccess to false, once there is a private way to the API server.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if has_public_endpoint(cluster):
        yield cluster.fail(PUBLIC, "the API server answers on the internet")
