"""A host that no certificate covers is served in the clear, or with a certificate that browsers refuse."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import INGRESS
from hipaa_stack.rules.kubernetes.ingress._controllers import annotation

_CERTIFICATES = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
)


def hosts(ingress: Node) -> Iterator[Node]:
    """The rules of an Ingress; its spec where it has only a default backend, which serves every host."""
    empty = True
    for served in ingress.items("spec.rules"):
        empty = False
        yield served
    if empty:
        yield ingress.node("spec")


@rule(
    id="K8S-ING-001",
    title="Ingress hosts have TLS",
    severity=Severity.HIGH,
    types=(INGRESS,),
    cites=(
        Cite("164.312(e)(1)", "browsers know that they speak with the right host"),
        Cite("164.312(e)(2)(ii)", "ePHI between browser and cluster is encrypted"),
        Cite("164.312(e)(2)(i)", "TLS shows when a message was altered on its way"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="List the host in spec.tls, or annotate a certificate of the cloud.",
    each=hosts,
)
def check(served: Node) -> Iterator[Violation]:
    ingress = served.resource.root
    if not any_of(
        lambda: some(_CERTIFICATES, lambda key: bool(annotation(ingress, key))),
        lambda: some(ingress.items("spec.tls"), lambda entry: _covers(entry, served)),
    ):
        yield served.fail("", "no entry of spec.tls covers the host")


def _covers(entry: Node, served: Node) -> bool:
    """Whether an entry of spec.tls is for a host; one without hosts is for all, `*.` stands for one label."""
    if not entry.is_set("hosts"):
        return True
    host = served.string("host") or ""
    return any(name in (host, "*." + host.partition(".")[2]) for name in entry.strings("hosts"))
