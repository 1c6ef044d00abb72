"""Without a default-deny policy every pod of the cluster may connect to the pods of a namespace."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, all_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import judged
from hipaa_stack.rules.kubernetes._network import denied_by_default
from hipaa_stack.rules.kubernetes._types import NAMESPACE
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
    if all_of(lambda: judged(namespace, settings), lambda: not denied_by_default(namespace, stack, "ingress")):
        yield namespace.fail("metadata.name", "no NetworkPolicy of this namespace denies ingress to every pod")
