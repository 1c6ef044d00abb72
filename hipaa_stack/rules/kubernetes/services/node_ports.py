"""A NodePort opens a port on every node, past load balancers and their TLS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import SERVICE


@rule(
    id="K8S-SVC-003",
    title="NodePort services are absent",
    severity=Severity.MEDIUM,
    types=(SERVICE,),
    cites=(Cite("164.312(e)(1)", "traffic enters through guarded load balancers, not through every node"),),
    fix="Use a ClusterIP Service behind an Ingress, a Gateway or an internal load balancer.",
)
def check(service: Node) -> Iterator[Violation]:
    if service.string("spec.type") == "NodePort":
        yield service.fail("spec.type", "opens a port on every node")
