"""A Secret that a program writes out is known to everyone who reads the program, its history or its manifests."""

from collections.abc import Iterator

from hipaa_stack.resources import Basis, Node, NotApplicable, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import SECRET


@rule(
    id="K8S-SEC-001",
    title="Secret values are not literals in the program",
    severity=Severity.HIGH,
    types=(SECRET,),
    cites=(
        Cite("164.312(a)(2)(iv)", "credentials that protect ePHI are nowhere in plain text"),
        Cite("164.308(a)(5)(ii)(D)", "credentials come from a place where they are kept and changed safely"),
    ),
    tags=("nsa",),
    fix="Use an ExternalSecret or a SealedSecret, or take the value from another resource.",
)
def check(secret: Node, stack: Stack) -> Iterator[Violation]:
    if stack.basis is Basis.LIVE:
        raise NotApplicable("a cluster does not say where the values of its Secrets come from")
    yield from chain(_literal(secret, field) for field in ("data", "stringData"))


def _literal(secret: Node, field: str) -> Iterator[Violation]:
    """Judges the inputs: outputs hold what controllers filled in, and stringData once more."""
    resource = secret.resource
    if not resource.property_dependencies.get(field) and resource.root.is_set(field):
        yield secret.fail(field, "the values are literals")
