"""What a subnet is for: machines, or a service of Google alone."""

from typing import Final

from hipaa_stack.resources import Node, NotApplicable

_FOR_PROXIES: Final = frozenset({"REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"})
_WITHOUT_MACHINES: Final = _FOR_PROXIES | {"PRIVATE_SERVICE_CONNECT", "PRIVATE_NAT"}


def for_traffic(subnet: Node) -> None:
    """Raises NotApplicable for a subnet of load balancers, which has no flow logs (API of Compute Engine, subnetworks)."""
    if subnet.string("purpose") in _FOR_PROXIES:
        raise NotApplicable("a subnet of proxies has no flow logs")


def for_machines(subnet: Node) -> None:
    """Raises NotApplicable for a subnet in which no machine can be."""
    if subnet.string("purpose") in _WITHOUT_MACHINES:
        raise NotApplicable("no machine can be in this subnet")
