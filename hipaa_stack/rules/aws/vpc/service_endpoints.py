"""Without endpoints a private cluster either cannot reach the services of AWS, or its credentials and images go over the internet."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Place, Resource, Stack, Undecided, Violation, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._networks import SUBNET, VPC
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._endpoint import has_public_endpoint
from hipaa_stack.settings import Profile

_SERVICES: Final = ("ec2", "ecr.api", "ecr.dkr", "eks-auth", "logs", "s3", "sts")
"""What nodes and pods call (EKS user guide, private clusters)."""

_SUBNETS: Final = "vpcConfig.subnetIds"


@rule(
    id="AWS-VPC-005",
    title="Private clusters have service endpoints",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/cluster"),),
    cites=(Cite("164.312(e)(1)", "calls of AWS services stay in the network"),),
    fix=f"Declare endpoints in the VPC of the cluster for {', '.join(_SERVICES)}.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    if has_public_endpoint(cluster.resource.root):
        raise NotApplicable("the API server has a public endpoint")
    vpc = _vpc(cluster, stack)
    yield from chain(_missing(cluster, vpc, service, stack) for service in _SERVICES)


def _missing(cluster: Node, vpc: Resource, service: str, stack: Stack) -> Iterator[Violation]:
    endpoints = stack.linked(vpc, aws("ec2/vpcEndpoint"), via="vpcId")
    if not some(endpoints, lambda endpoint: _is_for(endpoint, service)):
        yield cluster.fail(_SUBNETS, f"no endpoint for {service} in the network of the cluster")


def _is_for(endpoint: Resource, service: str) -> bool:
    """`com.amazonaws.us-east-1.ecr.api`; some services have a second name for their FIPS endpoint."""
    return (endpoint.root.string("serviceName") or "").removesuffix("-fips").endswith(f".{service}")


def _vpc(cluster: Node, stack: Stack) -> Resource:
    """All subnets of a cluster are in one VPC: the first that is known decides."""
    subnets = stack.targets(cluster.resource, SUBNET, via=_SUBNETS)
    vpc = next(chain(stack.targets(subnet, VPC, via="vpcId") for subnet in subnets), None)
    if vpc is None:
        raise Undecided([Place(cluster.path(_SUBNETS), "names no subnet", resource=cluster.resource)])
    return vpc
