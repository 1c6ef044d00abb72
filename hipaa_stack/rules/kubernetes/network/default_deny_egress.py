"""A pod that may connect to anywhere can send what it holds to anywhere."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, all_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import judged
from hipaa_stack.rules.kubernetes._network import denied_by_default
from hipaa_stack.rules.kubernetes._types import NAMESPACE
from hipaa_stack.settings import Settings


@rule(
    id="K8S-NET-002",
    title="Every namespace denies egress by default",
    severity=Severity.HIGH,
    types=(NAMESPACE,),
    cites=(
        Cite("164.312(a)(1)", "a pod that is taken over reaches only what was declared for it"),
        Cite("164.312(e)(1)", "ePHI leaves a namespace on declared ways only"),
    ),
    tags=("nsa",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Add a NetworkPolicy with an empty podSelector and policyTypes [Ingress, Egress], and one that allows name resolution.",
)
def check(namespace: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    if all_of(lambda: judged(namespace, settings), lambda: not denied_by_default(namespace, stack, "egress")):
        yield namespace.fail("metadata.name", "no NetworkPolicy of this namespace denies egress to every pod")
