"""The metadata server of a node hands out the node's cloud credentials to whoever asks."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from hipaa_stack.resources import Node, Violation, all_of, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import in_judged_namespace
from hipaa_stack.rules.kubernetes._network import network, only_ports
from hipaa_stack.rules.kubernetes._types import NETWORK_POLICY
from hipaa_stack.settings import Profile, Settings

_METADATA = tuple(ip_address(address) for address in ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254"))
"""EC2 and Compute Engine share the first; EC2 answers at the second, Compute Engine at the third as well."""

_GKE = "169.254.169.254/32"
"""With Dataplane V2, GKE's own server answers pods here: names on port 53, the identity of the workload on 80 and 8080."""


def egress(policy: Node) -> Iterator[Node]:
    """The egress items of a policy."""
    return policy.items("spec.egress")


@rule(
    id="K8S-NET-005",
    title="Pods cannot reach instance metadata",
    severity=Severity.MEDIUM,
    types=(NETWORK_POLICY,),
    cites=(Cite("164.312(a)(1)", "a pod has its own cloud identity, not that of its node"),),
    fix="Name narrower networks, or take 169.254.169.254/32 out with except; on GKE allow exactly that address, on ports 80 and 8080.",
    profile=Profile.RECOMMENDED,
    each=egress,
)
def check(item: Node, settings: Settings) -> Iterator[Violation]:
    return chain(_opened(item, peer, settings) for peer in item.items("to"))


def _opened(item: Node, peer: Node, settings: Settings) -> Iterator[Violation]:
    cidr = peer.string("ipBlock.cidr")
    if cidr and all_of(
        lambda: in_judged_namespace(item.resource.root, settings),
        lambda: _reaches_metadata(peer, cidr),
        lambda: not (cidr == _GKE and _is_gke_server(item)),
    ):
        yield peer.fail("ipBlock.cidr", "holds the address of the metadata server")


def _reaches_metadata(peer: Node, cidr: str) -> bool:
    named = network(peer, "ipBlock.cidr", cidr)
    return some([address for address in _METADATA if address in named], lambda address: not _is_taken_out(peer, address))


def _is_taken_out(peer: Node, address: IPv4Address | IPv6Address) -> bool:
    return some(peer.indexed_strings("ipBlock.except"), lambda taken: address in network(peer, *taken))


def _is_gke_server(item: Node) -> bool:
    """Names only, or identity on both of its ports: port 80 alone would be the metadata server of EC2."""
    if only_ports(item, {53}):
        return True
    return only_ports(item, {53, 80, 8080}) and some(item.items("ports"), lambda port: port.number_or_string("port") == 8080)  # noqa: PLR2004
