"""A port of the node is reachable from outside the cluster's network policies, which guard pods by their own addresses."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import ports
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-004",
    title="Containers bind no host ports",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.312(a)(1)", "a host port is open to whoever reaches the node, past network policies"),),
    tags=("pss:baseline",),
    fix="Remove hostPort and publish the port with a Service.",
    each=ports,
)
def check(port: Node) -> Iterator[Violation]:
    if port.number("hostPort"):
        yield port.fail("hostPort", "the container takes a port of its node")
