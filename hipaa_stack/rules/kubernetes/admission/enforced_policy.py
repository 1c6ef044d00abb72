"""Rules that are checked before a deployment bind nobody who goes around it; an admission policy binds everyone."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._charts import installs
from hipaa_stack.rules.kubernetes._types import ADMISSION_BINDING, ADMISSION_POLICY, EKS_CLUSTER, GKE_CLUSTER, POLICIES_OF_ENGINES
from hipaa_stack.settings import Profile

_CHARTS: Final = frozenset({"gatekeeper", "kyverno", "kyverno-policies"})


@rule(
    id="K8S-ADM-002",
    title="An admission policy is enforced",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(EKS_CLUSTER, GKE_CLUSTER, ADMISSION_POLICY),
    cites=(
        Cite("164.308(a)(1)(ii)(B)", "what the baseline forbids is refused by the cluster itself"),
        Cite("164.312(c)(1)", "unchecked objects do not enter the cluster"),
    ),
    tags=("nsa",),
    fix="Bind a ValidatingAdmissionPolicy with validationActions [Deny], or install Kyverno or Gatekeeper with policies.",
)
def check(judged: Node, stack: Stack) -> Iterator[Violation]:
    if judged.resource.rule_type == ADMISSION_POLICY:
        if not _is_enforced(stack, judged.resource):
            yield judged.fail("metadata.name", "no ValidatingAdmissionPolicyBinding denies what violates this policy")
    elif not any_of(
        lambda: any(True for _ in stack.of(*POLICIES_OF_ENGINES)),
        lambda: some(stack.of(ADMISSION_POLICY), lambda policy: _is_enforced(stack, policy)),
        lambda: installs(stack, _CHARTS),
    ):
        yield judged.fail("name", "the stack enforces no admission policy")


def _is_enforced(stack: Stack, policy: Resource) -> bool:
    name = policy.root.string("metadata.name") or policy.name
    return any(True for _ in stack.keyed(name, ADMISSION_BINDING, by=_policy))


def _policy(_: Stack, binding: Resource) -> Iterator[Hashable]:
    """The policy that a binding enforces."""
    if "Deny" in binding.root.strings("spec.validationActions"):
        yield binding.root.string("spec.policyName")
