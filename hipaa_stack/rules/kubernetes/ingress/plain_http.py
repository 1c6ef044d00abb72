"""A listener for plain HTTP that does not redirect takes passwords and ePHI in the clear, whatever certificates there are."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, any_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import INGRESS
from hipaa_stack.rules.kubernetes.ingress._controllers import Controller, annotation, controller


@rule(
    id="K8S-ING-002",
    title="Ingress serves no plain HTTP",
    severity=Severity.HIGH,
    types=(INGRESS,),
    cites=(
        Cite("164.312(e)(1)", "a browser that begins in the clear is sent on to TLS"),
        Cite("164.312(e)(2)(ii)", "no request with ePHI is answered without encryption"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="ALB: set ssl-redirect or listen on HTTPS only; GCE: set kubernetes.io/ingress.allow-http to false; others: set spec.tls.",
)
def check(ingress: Node) -> Iterator[Violation]:
    match controller(ingress):
        case Controller.ALB:
            safe, path = _alb_is_safe(ingress), "metadata.annotations"
        case Controller.GCE:
            safe, path = _gce_is_safe(ingress), "metadata.annotations"
        case Controller.NGINX:
            safe, path = _nginx_is_safe(ingress), "spec.tls"
        case Controller.OTHER:
            safe, path = ingress.is_set("spec.tls"), "spec.tls"
    if not safe:
        yield ingress.fail(path, "serves plain HTTP")


def _alb_is_safe(ingress: Node) -> bool:
    """With a certificate and no listen-ports the controller listens on HTTPS only."""
    alb = Controller.ALB
    return any_of(
        lambda: bool(annotation(ingress, f"{alb}ssl-redirect")),
        lambda: _is_https_only(annotation(ingress, f"{alb}listen-ports"), annotation(ingress, f"{alb}certificate-arn")),
    )


def _is_https_only(listen_ports: str | None, certificate: str | None) -> bool:
    """Whether `[{"HTTPS": 443}]` names no listener for HTTP; the keys of JSON stand in quotation marks."""
    return '"HTTPS"' in listen_ports and '"HTTP"' not in listen_ports if listen_ports else bool(certificate)


def _gce_is_safe(ingress: Node) -> bool:
    return any_of(
        lambda: annotation(ingress, "kubernetes.io/ingress.allow-http") == "false",
        lambda: bool(annotation(ingress, "networking.gke.io/v1beta1.FrontendConfig")),
    )


def _nginx_is_safe(ingress: Node) -> bool:
    nginx = Controller.NGINX
    return any_of(
        lambda: annotation(ingress, f"{nginx}force-ssl-redirect") == "true",
        lambda: all_of(lambda: ingress.is_set("spec.tls"), lambda: annotation(ingress, f"{nginx}ssl-redirect") != "false"),
    )
