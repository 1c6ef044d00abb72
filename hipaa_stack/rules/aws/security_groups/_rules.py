"""Rules of security groups, in the three ways in which they are written (EC2 API reference, IpPermission)."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, chain
from hipaa_stack.rules._cidrs import is_everything
from hipaa_stack.rules.aws._types import aws

GROUP: Final = aws("ec2/securityGroup")
RULE: Final = aws("ec2/securityGroupRule")
INGRESS_RULE: Final = aws("vpc/securityGroupIngressRule")
EGRESS_RULE: Final = aws("vpc/securityGroupEgressRule")

INGRESS: Final = (GROUP, RULE, INGRESS_RULE)

_WITH_PORTS: Final = frozenset({"tcp", "udp", "6", "17"})
_EVERY: Final = frozenset({"-1", "all"})
_LAST: Final = 65535


def ingress(resource: Node) -> Iterator[Node]:
    """The rules for what comes in: those inside a group, or the one that the resource is."""
    return resource.items("ingress") if resource.resource.rule_type == GROUP else iter([resource])


def egress(resource: Node) -> Iterator[Node]:
    """The rules for what goes out: those inside a group, or the one that the resource is."""
    return resource.items("egress") if resource.resource.rule_type == GROUP else iter([resource])


def is_for(rule: Node, direction: str) -> bool:
    """True for a rule of a direction: only securityGroupRule says it in a property.

    Raises:
        NotApplicable: for one of the other.
    """
    if rule.resource.rule_type == RULE and rule.string("type") != direction:
        raise NotApplicable(f"no rule for {direction}")
    return True


def everybody(rule: Node) -> Iterator[str]:
    """The paths at which a rule names every address of IPv4 or IPv6."""
    listed = (rule.indexed_strings(path) for path in ("cidrBlocks", "ipv6CidrBlocks"))
    single = (_string(rule, path) for path in ("cidrIpv4", "cidrIpv6"))
    return (path for path, cidr in chain([*listed, *single]) if is_everything(cidr))


def _string(rule: Node, path: str) -> Iterator[tuple[str, str]]:
    value = rule.string(path)
    if value is not None:
        yield path, value


def ports(rule: Node) -> range:
    """The ports that a rule is for; none where its protocol has no ports. Absent ends are the furthest."""
    protocol = (rule.string("protocol") or rule.string("ipProtocol") or "-1").lower()
    if protocol in _EVERY:
        return range(_LAST + 1)
    if protocol not in _WITH_PORTS:
        return range(0)
    first, last = (rule.number(path) for path in ("fromPort", "toPort"))
    return range(int(first or 0), int(_LAST if last is None else last) + 1)
