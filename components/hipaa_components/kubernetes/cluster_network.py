"""How a cluster resolves names, hands out cloud identities and reaches its API server: what network policies must let through.

Policies only ever add: instance metadata stays closed because no rule names a network that contains it. The rules of
each platform are pure functions; the addresses come from the providers' documentation.
"""

import ipaddress
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import pulumi

from hipaa_components._args import Args
from hipaa_components._problems import Problem, check, each, not_empty, optional

NetworkPolicyRule = dict[str, Any]
"""One item of `spec.egress` or `spec.ingress`, spelled as in a manifest."""

LINK_LOCAL: Final = tuple(ipaddress.ip_network(block) for block in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32"))
"""Link-local addresses and the IPv6 addresses of EC2: instance metadata lives there (EC2 user guide, "Instance metadata")."""

EKS_POD_IDENTITY: Final = ("169.254.170.23/32", "fd00:ec2::23/128")
"""EKS Pod Identity Agent, on the node itself (EKS user guide, "Set up the Amazon EKS Pod Identity Agent")."""

GKE_METADATA: Final = "169.254.169.254/32"
"""GKE metadata server with Dataplane V2, which also answers Cloud DNS queries (GKE, "Control communication between Pods")."""

GKE_LEGACY_METADATA: Final = "169.254.169.252/32"
"""GKE metadata server without Dataplane V2 (GKE, "Control communication between Pods")."""

NODE_LOCAL_DNS: Final = "169.254.20.10/32"
"""NodeLocal DNSCache (Kubernetes, "Using NodeLocal DNSCache in Kubernetes Clusters")."""

DNS_PORTS: Final = ({"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"})


class KubernetesPlatform(StrEnum):
    """Who runs the cluster, as far as its network differs."""

    EKS = "EKS"
    """Amazon EKS with managed or self-managed nodes and the VPC CNI."""
    EKS_AUTO = "EKS_AUTO"
    """Amazon EKS Auto Mode: name resolution runs on the node, not in a pod."""
    GKE = "GKE"
    """Google GKE with Dataplane V2."""
    GKE_LEGACY = "GKE_LEGACY"
    """Google GKE with Calico."""
    SELF_MANAGED = "SELF_MANAGED"
    """Any other cluster whose DNS pods are `k8s-app=kube-dns` in kube-system."""


def peer_network(value: str) -> Problem | None:
    """Accepts a canonical network that a policy may name: neither the whole internet nor link-local addresses."""
    accepted = "a network such as 10.64.0.0/20 or 2600:1f14::/56"
    try:
        network = ipaddress.ip_network(value)
    except ValueError:
        return Problem(accepted)
    if network.prefixlen == 0:
        return Problem(accepted, "Name the range, or use a private endpoint: a policy never opens to the whole internet.")
    if any(network.version == block.version and network.overlaps(block) for block in LINK_LOCAL):
        return Problem(accepted, "Instance metadata lives in link-local addresses; identity rules are made for you.")
    return None


class ClusterNetwork(Args):
    """What network policies must know about the cluster that they are in."""

    platform: KubernetesPlatform
    """Who runs the cluster."""
    api_server_cidrs: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Networks of the API server: the control-plane subnets (EKS) or the control-plane range (GKE)."""
    service_cidr: pulumi.Input[str] | None = None
    """Network of Service addresses. GKE resolves names through it; pods reach the API server at its first address."""
    dns_cidrs: Sequence[pulumi.Input[str]] = []
    """Networks of further resolvers. On EKS_AUTO they replace the permission to ask any address on port 53."""

    _api = check("api_server_cidrs", not_empty("Without the API server's networks controllers cannot work."), each(peer_network))
    _service = check("service_cidr", optional(peer_network))
    _dns = check("dns_cidrs", each(peer_network))

    def dns_egress(self) -> pulumi.Output[list[NetworkPolicyRule]]:
        """Egress rules that let pods resolve names."""
        return pulumi.Output.all(self.service_cidr, self.dns_cidrs).apply(lambda known: dns_egress(self.platform, *known))

    def cloud_identity_egress(self) -> list[NetworkPolicyRule]:
        """Egress rules to the identity server of the cloud; none where there is no such server."""
        return cloud_identity_egress(self.platform)

    def webhook_ingress(self, port: int) -> pulumi.Output[list[NetworkPolicyRule]]:
        """Ingress rules that let the API server call a webhook."""
        return pulumi.Output.all(self.api_server_cidrs).apply(lambda known: webhook_ingress(self.platform, known[0], port))

    def api_server_egress(self) -> pulumi.Output[list[NetworkPolicyRule]]:
        """Egress rules that let controllers reach the API server."""
        return pulumi.Output.all(self.api_server_cidrs, self.service_cidr).apply(lambda known: api_server_egress(*known))


def dns_egress(platform: KubernetesPlatform, service_cidr: str | None, dns_cidrs: Sequence[str]) -> list[NetworkPolicyRule]:
    """Egress rules for name resolution, UDP and TCP, port 53 and nothing else."""
    match platform:
        case KubernetesPlatform.EKS_AUTO:
            peers = []  # no resolver pod to name; without `dns_cidrs` the port alone limits the rule
        case KubernetesPlatform.GKE | KubernetesPlatform.GKE_LEGACY:
            services = [service_cidr] if service_cidr else []
            peers = [_system_pods("kube-dns"), _system_pods("node-local-dns"), *blocks([*services, NODE_LOCAL_DNS, GKE_METADATA])]
        case KubernetesPlatform.EKS | KubernetesPlatform.SELF_MANAGED:
            peers = [_system_pods("kube-dns")]
    peers += blocks(dns_cidrs)
    return [({"to": peers} if peers else {}) | {"ports": [dict(port) for port in DNS_PORTS]}]


def cloud_identity_egress(platform: KubernetesPlatform) -> list[NetworkPolicyRule]:
    """Egress rules to the platform's own identity server; none where there is no such server."""
    match platform:
        case KubernetesPlatform.EKS | KubernetesPlatform.EKS_AUTO:
            return [{"to": blocks(EKS_POD_IDENTITY), "ports": _tcp(80, 2703)}]
        case KubernetesPlatform.GKE:
            return [{"to": blocks([GKE_METADATA]), "ports": _tcp(80, 8080)}]
        case KubernetesPlatform.GKE_LEGACY:
            return [{"to": blocks([GKE_LEGACY_METADATA]), "ports": _tcp(987, 988)}]
        case KubernetesPlatform.SELF_MANAGED:
            return []


def api_server_egress(api_server_cidrs: Sequence[str], service_cidr: str | None) -> list[NetworkPolicyRule]:
    """Egress rules to the API server: its own networks and the first Service address, port 443."""
    service = [str(ipaddress.ip_network(_first_address(service_cidr)))] if service_cidr else []
    return [https_egress([*api_server_cidrs, *service])]


def webhook_ingress(platform: KubernetesPlatform, api_server_cidrs: Sequence[str], port: int) -> list[NetworkPolicyRule]:
    """Ingress rules from the API server to the port of a webhook; on GKE it comes through the agent of its tunnel."""
    agent = [_system_pods("konnectivity-agent")] if platform in (KubernetesPlatform.GKE, KubernetesPlatform.GKE_LEGACY) else []
    return [{"from": [*blocks(api_server_cidrs), *agent], "ports": _tcp(port)}]


def https_egress(cidrs: Sequence[str]) -> NetworkPolicyRule:
    """One egress rule to these networks, TCP 443."""
    return {"to": blocks(cidrs), "ports": _tcp(443)}


def _first_address(cidr: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_network(cidr)[1]


def _system_pods(app: str) -> dict[str, Any]:
    """Pods of kube-system: both selectors in one item, so that both must match."""
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": app}},
    }


def blocks(cidrs: Sequence[str]) -> list[dict[str, Any]]:
    """Peers that are networks."""
    return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]


def _tcp(*ports: int) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in ports]
