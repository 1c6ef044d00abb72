"""What firewalls let in from the whole internet (API of Compute Engine, firewalls and firewall policies)."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Place, Undecided, all_of, any_of, chain, some
from hipaa_stack.rules._cidrs import is_everything
from hipaa_stack.rules._ports import guarded
from hipaa_stack.rules.gcp._types import gcp

FIREWALL: Final = gcp("compute/firewall")
POLICY_RULES: Final = tuple(
    map(gcp, ("compute/networkFirewallPolicyRule", "compute/regionNetworkFirewallPolicyRule", "compute/firewallPolicyRule"))
)
POLICIES: Final = tuple(
    map(gcp, ("compute/networkFirewallPolicyWithRules", "compute/regionNetworkFirewallPolicyWithRules", "compute/firewallPolicyWithRules"))
)
"""Firewall policies that hold their rules themselves."""

_WITH_PORTS: Final = frozenset({"tcp", "udp", "sctp", "6", "17", "132"})
_OPENING: Final = frozenset({"allow", "apply_security_profile_group"})
"""Actions that let a connection through, the second one after an inspection."""

_INSIDE: Final = frozenset({"INTRA_VPC", "NON_INTERNET", "VPC_NETWORKS"})
"""Where traffic comes from that is not from the internet, whatever its address."""

_SOURCES: Final = (
    "srcIpRanges", "srcAddressGroups", "srcFqdns", "srcNetworks", "srcRegionCodes", "srcSecureTags", "srcThreatIntelligences",
)  # fmt: skip

_RANGE: Final = re.compile(r"(\d+)(?:-(\d+))?")


def rules(resource: Node) -> Iterator[Node]:
    """The rules of a firewall or a policy, each as a part of its own."""
    if resource.resource.rule_type in POLICIES:
        yield from resource.items("rules")
    else:
        yield resource


def opened(rule: Node) -> Iterator[tuple[str, str]]:
    """Where a rule lets the whole internet in to guarded ports, and to which."""
    is_firewall = rule.resource.rule_type == FIREWALL
    if not (_lets_everybody_in(rule) if is_firewall else _lets_everybody_match(rule)):
        return
    parts, protocol = ("allows", "protocol") if is_firewall else ("match.layer4Configs", "ipProtocol")
    yield from chain(_opened(part, protocol) for part in rule.items(parts))


def _lets_everybody_in(firewall: Node) -> bool:
    """A firewall that names no source is for every source."""
    return all_of(
        lambda: not firewall.boolean("disabled"),
        lambda: (firewall.string("direction") or "INGRESS") == "INGRESS",
        lambda: any_of(
            lambda: some(firewall.strings("sourceRanges"), is_everything),
            lambda: not some(("sourceRanges", "sourceTags", "sourceServiceAccounts"), firewall.is_set),
        ),
    )


def _lets_everybody_match(rule: Node) -> bool:
    """What a policy says of the network that traffic comes from narrows every other source."""
    match = rule.node("match")
    return all_of(
        lambda: not rule.boolean("disabled"),
        lambda: (rule.string("direction") or "INGRESS") == "INGRESS",
        lambda: rule.string("action") in _OPENING,
        lambda: not some(("srcNetworkScope", "srcNetworkContext"), lambda scope: match.string(scope) in _INSIDE),
        lambda: any_of(
            lambda: some(match.strings("srcIpRanges"), is_everything),
            lambda: not some(_SOURCES, match.is_set),
        ),
    )


def _opened(part: Node, protocol: str) -> Iterator[tuple[str, str]]:
    name = (part.string(protocol) or "").lower()
    if name == "all":
        yield part.path(protocol), "every port"
    elif name in _WITH_PORTS and not part.is_set("ports"):
        yield part.path(protocol), f"every port of {name}"
    elif name in _WITH_PORTS:
        places: list[Place] = []
        for path, ports in part.indexed_strings("ports"):
            match = _RANGE.fullmatch(ports)
            if match is None:
                places.append(Place(part.path(path), "expected a port or a range such as 8000-8080", resource=part.resource))
            elif found := guarded(int(match[1]), int(match[2] or match[1])):
                yield part.path(path), f"port {', '.join(map(str, found))}"
        if places:
            raise Undecided(places)
