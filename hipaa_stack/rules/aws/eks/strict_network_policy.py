"""In standard mode a new pod reaches everything, and is reached by everything, until its network policies are in force."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._addons import VPC_CNI, configured, is_one_of
from hipaa_stack.settings import Profile


@rule(
    id="AWS-EKS-014",
    title="Network policy is strict at pod start",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("eks/addon"),),
    cites=(Cite("164.312(e)(1)", "no pod has an open network for its first seconds"),),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Set env.NETWORK_POLICY_ENFORCING_MODE to strict in configurationValues of vpc-cni.",
)
def check(addon: Node) -> Iterator[Violation]:
    if all_of(lambda: is_one_of(addon, VPC_CNI), lambda: not configured(addon, _is_strict)):
        yield addon.fail("configurationValues", "a new pod has an open network until its policies are in force")


def _is_strict(settings: Node) -> bool:
    return settings.string("env.NETWORK_POLICY_ENFORCING_MODE") == "strict"
