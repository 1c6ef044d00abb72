"""Which controller serves an Ingress: each has annotations and defaults of its own."""

from enum import StrEnum

from hipaa_stack.resources import Node


class Controller(StrEnum):
    """A controller, by the beginning of its annotations."""

    ALB = "alb.ingress.kubernetes.io/"
    """AWS Load Balancer Controller, or EKS Auto Mode."""
    NGINX = "nginx.ingress.kubernetes.io/"
    GCE = "networking.gke.io/"
    """GKE's own, external or internal."""
    OTHER = ""


_CLASSES = {"alb": Controller.ALB, "nginx": Controller.NGINX, "gce": Controller.GCE, "gce-internal": Controller.GCE}
_GCE_KEYS = ("kubernetes.io/ingress.allow-http", "kubernetes.io/ingress.global-static-ip-name", "ingress.gcp.kubernetes.io/pre-shared-cert")


def controller(ingress: Node) -> Controller:
    """The controller that the class names; for a class of another name, or none, the one whose annotations are used."""
    annotations = ingress.node("metadata.annotations")
    name = ingress.string("spec.ingressClassName") or annotations.entry("kubernetes.io/ingress.class")
    if name in _CLASSES:
        return _CLASSES[name]
    used = annotations.keys()
    for known in (Controller.ALB, Controller.NGINX, Controller.GCE):
        if any(key.startswith(known) for key in used):
            return known
    return Controller.GCE if any(key in _GCE_KEYS for key in used) else Controller.OTHER


def annotation(ingress: Node, key: str) -> str | None:
    """The annotation of that key."""
    return ingress.node("metadata.annotations").entry(key)
