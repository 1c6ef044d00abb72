"""A public endpoint that admits every address leaves the credentials of the cluster as the only barrier before its secrets."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Violation, all_of, any_of, some
from hipaa_stack.rules._cidrs import is_everything
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._endpoint import has_public_endpoint

_NETWORKS: Final = "vpcConfig.publicAccessCidrs"


@rule(
    id="AWS-EKS-004",
    title="A public endpoint is limited to known networks",
    severity=Severity.CRITICAL,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(a)(1)", "only networks that somebody knows reach the API server"),
        Cite("164.312(e)(1)", "what reaches the API server from the internet is limited"),
    ),
    tags=("cis-eks",),
    fix="Name the networks of your sites in vpcConfig.publicAccessCidrs, or switch the public endpoint off.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if all_of(lambda: _is_public(cluster), lambda: _admits_everybody(cluster)):
        yield cluster.fail(_NETWORKS, "the API server answers every address of the internet")


def _is_public(cluster: Node) -> bool:
    if not has_public_endpoint(cluster):
        raise NotApplicable("the API server has no public endpoint")
    return True


def _admits_everybody(cluster: Node) -> bool:
    """EKS takes 0.0.0.0/0 where no network is named."""
    return any_of(lambda: not cluster.is_set(_NETWORKS), lambda: some(cluster.strings(_NETWORKS), is_everything))
