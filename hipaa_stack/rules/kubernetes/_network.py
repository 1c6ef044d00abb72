"""What a network policy selects and lets through (Kubernetes API reference, NetworkPolicy v1)."""

from hipaa_stack.resources import Node


def selects_every_pod(policy: Node) -> bool:
    """True when `spec.podSelector` is empty."""
    return not policy.is_set("spec.podSelector.matchLabels") and not policy.is_set("spec.podSelector.matchExpressions")


def allows_everything(item: Node, peers: str) -> bool:
    """True for an ingress or egress item without peers: it lets everything through to its ports."""
    return not item.is_set(peers)
