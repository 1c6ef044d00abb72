"""What scheduler and controllers do on behalf of others explains how a pod with patient data came to a node, or disappeared."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._logs import ALL, missing
from hipaa_stack.settings import Profile


@rule(
    id="AWS-EKS-006",
    title="scheduler and controllerManager logs are on",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/cluster"),),
    cites=(Cite("164.312(b)", "what the control plane does by itself is recorded"),),
    tags=("cis-eks",),
    fix="Set enabledClusterLogTypes to all five: api, audit, authenticator, controllerManager and scheduler.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    yield from missing(cluster, ("scheduler", "controllerManager"), remedy=ALL)
