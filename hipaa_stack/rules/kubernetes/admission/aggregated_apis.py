"""The API server hands the credentials and the objects of its callers on to an aggregated API."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import API_SERVICE


@rule(
    id="K8S-ADM-003",
    title="Aggregated APIs verify TLS",
    severity=Severity.HIGH,
    types=(API_SERVICE,),
    cites=(Cite("164.312(e)(2)(ii)", "the API server knows to whom it sends what it encrypts"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set spec.caBundle and remove insecureSkipTLSVerify.",
)
def check(service: Node) -> Iterator[Violation]:
    if service.boolean("spec.insecureSkipTLSVerify"):
        yield service.fail("spec.insecureSkipTLSVerify", "insecureSkipTLSVerify is true")
