"""Without a default-deny policy every pod of the cluster may connect to the pods of a namespace."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import skip_system
from hipaa_stack.rules.kubernetes._network import allows_everything, selects_every_pod
from hipaa_stack.rules.kubernetes._types import NAMESPACE, NETWORK_POLICY
from hipaa_stack.settings import Settings


@rule(
    id="K8S-NET-001",
    title="Every namespace denies ingress by default",
    severity=Severity.HIGH,
    types=(NAMESPACE,),
    cites=(
        Cite("164.312(a)(1)", "only declared callers reach the systems that hold ePHI"),
        Cite("164.312(e)(1)", "traffic in the cluster is guarded like traffic from outside"),
    ),
    tags=("cis-eks", "cis-gke", "nsa"),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Add a NetworkPolicy with an empty podSelector and policyTypes [Ingress, Egress].",
)
def check(namespace: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    skip_system(namespace, settings)
    policies = stack.namespaced(namespace.resource, NETWORK_POLICY)
    if not any(_denies_ingress(policy.root) for policy in policies):
        yield namespace.fail("metadata.name", "no NetworkPolicy of this namespace denies ingress to every pod")


def _denies_ingress(policy: Node) -> bool:
    types = policy.present("spec.policyTypes")
    return (
        selects_every_pod(policy)
        and (not types or "Ingress" in policy.strings("spec.policyTypes"))
        and not any(allows_everything(item, "from") for item in policy.items("spec.ingress"))
    )
