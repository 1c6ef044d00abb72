"""A Service of type LoadBalancer is open to the internet unless an annotation or its controller says otherwise."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._services import is_public
from hipaa_stack.rules.kubernetes._types import SERVICE


@rule(
    id="K8S-SVC-001",
    title="Load balancers are internal",
    severity=Severity.HIGH,
    types=(SERVICE,),
    cites=(
        Cite("164.312(a)(1)", "a Service is reached from inside the network only"),
        Cite("164.312(e)(1)", "what is public passes one guarded entrance, not a load balancer for each Service"),
    ),
    tags=("nsa",),
    fix="Annotate service.beta.kubernetes.io/aws-load-balancer-scheme: internal, or networking.gke.io/load-balancer-type: Internal.",
)
def check(service: Node) -> Iterator[Violation]:
    if is_public(service):
        yield service.fail("spec.type", "a load balancer that is open to the internet")
