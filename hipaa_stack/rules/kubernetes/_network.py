"""What a network policy selects and lets through (Kubernetes API reference, NetworkPolicy v1)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from hipaa_stack.resources import Node, Place, Stack, Undecided, all_of, chain, some
from hipaa_stack.rules.kubernetes._types import NETWORK_POLICY

PEERS = {"ingress": "from", "egress": "to"}
"""The property of an item that lists peers, by the list that the item is in."""

_DNS_PORT = 53


def denied_by_default(namespace: Node, stack: Stack, direction: str) -> bool:
    """True when one policy of a namespace selects every pod, isolates it in a direction, and lets nobody in or out."""
    return some(stack.namespaced(namespace.resource, NETWORK_POLICY), lambda policy: _denies(policy.root, direction))


def _denies(policy: Node, direction: str) -> bool:
    return all_of(
        lambda: _selects_every_pod(policy),
        lambda: _isolates(policy, direction),
        lambda: not some(policy.items(f"spec.{direction}"), lambda item: lets_everything(item, direction)),
    )


def _selects_every_pod(policy: Node) -> bool:
    return not policy.is_set("spec.podSelector.matchLabels") and not policy.is_set("spec.podSelector.matchExpressions")


def _isolates(policy: Node, direction: str) -> bool:
    """Whether a policy concerns a direction; without policyTypes, egress only where there are egress items."""
    if policy.is_set("spec.policyTypes"):
        return direction.capitalize() in policy.strings("spec.policyTypes")
    return direction == "ingress" or policy.is_set("spec.egress")


def lets_everything(item: Node, direction: str) -> bool:
    """True for an item without peers: everybody may connect to its ports. Egress for name resolution needs no peers."""
    return all_of(
        lambda: not item.is_set(PEERS[direction]),
        lambda: direction == "ingress" or not only_ports(item, {_DNS_PORT}),
    )


def only_ports(item: Node, ports: set[int]) -> bool:
    """True when an item names ports and all of them are in a set; named ports and ranges are whatever pods make of them."""
    return all_of(lambda: item.is_set("ports"), lambda: not some(item.items("ports"), lambda port: not _is_one_of(port, ports)))


def _is_one_of(port: Node, ports: set[int]) -> bool:
    return all_of(lambda: port.number_or_string("port") in ports, lambda: port.number("endPort") in (None, port.number_or_string("port")))


def peers(policy: Node) -> Iterator[Node]:
    """Every peer of a policy, of both directions."""
    return chain(_peers(policy, direction) for direction in PEERS)


def _peers(policy: Node, direction: str) -> Iterator[Node]:
    return chain(item.items(PEERS[direction]) for item in policy.items(f"spec.{direction}"))


def network(node: Node, path: str, cidr: str) -> IPv4Network | IPv6Network:
    """The network that was read at a path.

    Raises:
        Undecided: when it is none.
    """
    try:
        return _parsed(cidr)
    except ValueError:
        raise Undecided([Place(node.path(path), "expected a network such as 10.0.0.0/16", resource=node.resource)]) from None


@lru_cache(maxsize=1024)  # a program names the same few networks in many policies
def _parsed(cidr: str) -> IPv4Network | IPv6Network:
    return ip_network(cidr, strict=False)
