"""What a public load balancer sends in the clear can be read and changed on its way through the internet."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation, any_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._services import is_public, tls_ports
from hipaa_stack.rules.kubernetes._types import SERVICE
from hipaa_stack.settings import Profile

_HTTPS = (443, 8443)


def public_ports(service: Node) -> Iterator[Node]:
    """The ports of a public load balancer."""
    if not is_public(service):
        raise NotApplicable("not a public load balancer")
    yield from service.items("spec.ports")


@rule(
    id="K8S-SVC-005",
    title="Public service ports carry TLS",
    severity=Severity.MEDIUM,
    types=(SERVICE,),
    cites=(
        Cite("164.312(e)(1)", "nobody on the way reads what a public port sends"),
        Cite("164.312(e)(2)(ii)", "ePHI on the internet is encrypted"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Terminate TLS with a certificate annotation, or serve port 443 or 8443, or set appProtocol to https or tls.",
    profile=Profile.RECOMMENDED,
    each=public_ports,
)
def check(port: Node) -> Iterator[Violation]:
    if not any_of(
        lambda: port.number("port") in _HTTPS,
        lambda: (port.string("appProtocol") or "").lower() in ("https", "tls"),
        lambda: not {"*", str(port.number("port")), port.string("name")}.isdisjoint(tls_ports(port.resource.root)),
    ):
        yield port.fail("port", "a public port without TLS")
