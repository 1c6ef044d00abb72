"""Which Services are reached from outside of the network (AWS Load Balancer Controller, EKS Auto Mode, GKE)."""

from hipaa_stack.resources import Node, all_of

_AWS = "service.beta.kubernetes.io/aws-load-balancer"
_INTERNAL_BY_DEFAULT = frozenset({"service.k8s.aws/nlb", "eks.amazonaws.com/nlb"})
_GKE = ("networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type")
"""The second is the former name; the first counts where both are there."""


def is_public(service: Node) -> bool:
    """True for a load balancer that takes connections from the internet."""
    return all_of(lambda: service.string("spec.type") == "LoadBalancer", lambda: not _is_internal(service))


def _is_internal(service: Node) -> bool:
    """Whether the annotations ask for an internal load balancer, or its controller makes one without being asked."""
    annotations = service.node("metadata.annotations")
    scheme = annotations.entry(f"{_AWS}-scheme")
    if scheme:
        return scheme == "internal"
    internal = annotations.entry(f"{_AWS}-internal")
    if internal:
        return internal == "true"
    for annotation in _GKE:
        type_ = annotations.entry(annotation)
        if type_:
            return type_.lower() == "internal"
    return service.string("spec.loadBalancerClass") in _INTERNAL_BY_DEFAULT


def tls_ports(service: Node) -> frozenset[str]:
    """The ports, by number or name, at which an AWS load balancer speaks TLS; `*` for all of them."""
    annotations = service.node("metadata.annotations")
    if not annotations.entry(f"{_AWS}-ssl-cert"):
        return frozenset()
    return frozenset(port.strip() for port in (annotations.entry(f"{_AWS}-ssl-ports") or "*").split(","))
