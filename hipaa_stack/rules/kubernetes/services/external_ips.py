"""Whoever sets externalIPs of a Service receives the cluster's traffic to those addresses (CVE-2020-8554)."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import SERVICE


@rule(
    id="K8S-SVC-004",
    title="externalIPs are absent",
    severity=Severity.HIGH,
    types=(SERVICE,),
    cites=(Cite("164.312(e)(1)", "traffic to an address cannot be taken over by a Service that claims it"),),
    fix="Remove spec.externalIPs; use a load balancer.",
)
def check(service: Node) -> Iterator[Violation]:
    if service.is_set("spec.externalIPs"):
        yield service.fail("spec.externalIPs", "claims addresses outside of the cluster")
