"""ClusterNetwork: the rules of each platform, and the networks it refuses."""

import ipaddress

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.cluster_network import api_server_egress, cloud_identity_egress, dns_egress, peer_network

EKS, EKS_AUTO, GKE, GKE_LEGACY, SELF_MANAGED = KubernetesPlatform
DNS_PORTS = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]


def system_pods(app):
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
    return {"namespaceSelector": namespace, "podSelector": {"matchLabels": {"k8s-app": app}}}


def blocks(*cidrs):
    return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]


def tcp(*ports):
    return [{"port": port, "protocol": "TCP"} for port in ports]


KUBE_DNS = system_pods("kube-dns")
GKE_PEERS = [KUBE_DNS, system_pods("node-local-dns")]
GKE_ADDRESSES = ("169.254.20.10/32", "169.254.169.254/32")


@pytest.mark.parametrize(
    ("platform", "service_cidr", "dns_cidrs", "peers"),
    [
        (EKS, "172.20.0.0/16", [], [KUBE_DNS]),
        (EKS, None, ["10.0.0.2/32"], [KUBE_DNS, *blocks("10.0.0.2/32")]),
        (EKS_AUTO, "172.20.0.0/16", ["172.20.0.10/32"], blocks("172.20.0.10/32")),
        (GKE, "10.96.0.0/20", [], [*GKE_PEERS, *blocks("10.96.0.0/20", *GKE_ADDRESSES)]),
        (GKE, None, [], [*GKE_PEERS, *blocks(*GKE_ADDRESSES)]),
        (GKE_LEGACY, "10.96.0.0/20", [], [*GKE_PEERS, *blocks("10.96.0.0/20", *GKE_ADDRESSES)]),
        (SELF_MANAGED, None, [], [KUBE_DNS]),
    ],
)
def test_names_resolve_through_the_platforms_own_servers(platform, service_cidr, dns_cidrs, peers):
    assert dns_egress(platform, service_cidr, dns_cidrs) == [{"to": peers, "ports": DNS_PORTS}]


def test_eks_auto_without_resolvers_is_limited_by_the_port_alone():
    assert dns_egress(EKS_AUTO, None, []) == [{"ports": DNS_PORTS}]


@pytest.mark.parametrize(
    ("platform", "rules"),
    [
        (EKS, [{"to": blocks("169.254.170.23/32", "fd00:ec2::23/128"), "ports": tcp(80, 2703)}]),
        (EKS_AUTO, [{"to": blocks("169.254.170.23/32", "fd00:ec2::23/128"), "ports": tcp(80, 2703)}]),
        (GKE, [{"to": blocks("169.254.169.254/32"), "ports": tcp(80, 8080)}]),
        (GKE_LEGACY, [{"to": blocks("169.254.169.252/32"), "ports": tcp(987, 988)}]),
        (SELF_MANAGED, []),
    ],
)
def test_identities_come_from_the_platforms_own_server(platform, rules):
    assert cloud_identity_egress(platform) == rules


@pytest.mark.parametrize("platform", [EKS, EKS_AUTO, GKE_LEGACY, SELF_MANAGED])
def test_instance_metadata_stays_closed(platform):
    rules = [*cloud_identity_egress(platform), *(dns_egress(platform, "10.96.0.0/20", []) if platform is not GKE_LEGACY else [])]
    named = [ipaddress.ip_network(peer["ipBlock"]["cidr"]) for rule in rules for peer in rule.get("to", []) if "ipBlock" in peer]
    assert not any(ipaddress.ip_address("169.254.169.254") in network for network in named)


@pytest.mark.parametrize(
    ("service_cidr", "service"),
    [(None, []), ("172.20.0.0/16", ["172.20.0.1/32"]), ("10.96.16.0/20", ["10.96.16.1/32"]), ("fd00:1::/108", ["fd00:1::1/128"])],
)
def test_the_api_server_is_reached_at_its_networks_and_the_first_service_address(service_cidr, service):
    assert api_server_egress(["10.0.0.0/24", "10.0.1.0/24"], service_cidr) == [
        {"to": blocks("10.0.0.0/24", "10.0.1.0/24", *service), "ports": tcp(443)}
    ]


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "172.20.0.0/16", "10.0.0.2/32", "2600:1f14::/56", "203.0.113.0/24"])
def test_accepts_networks(cidr):
    assert peer_network(cidr) is None


@pytest.mark.parametrize(
    ("cidr", "why"),
    [
        ("0.0.0.0/0", "never opens to the whole internet"),
        ("::/0", "never opens to the whole internet"),
        ("169.254.0.0/16", "Instance metadata lives"),
        ("169.254.169.254/32", "Instance metadata lives"),
        ("128.0.0.0/1", "Instance metadata lives"),
        ("fd00:ec2::254/128", "Instance metadata lives"),
        ("fe80::/64", "Instance metadata lives"),
        ("10.0.0.1/8", ""),
        ("everywhere", ""),
    ],
)
@pytest.mark.parametrize("field", ["api_server_cidrs", "service_cidr", "dns_cidrs"])
def test_refuses_networks(cidr, why, field):
    value = cidr if field == "service_cidr" else [cidr]
    with pytest.raises(ArgsError, match=rf"{field}.*: got '{cidr}'; accepted: a network such as.*{why}"):
        ClusterNetwork(**{"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], field: value})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"platform": "AKS"}, "platform: got 'AKS'; accepted: one of EKS, EKS_AUTO, GKE, GKE_LEGACY, SELF_MANAGED"),
        ({"api_server_cidrs": []}, "api_server_cidrs: got .*; accepted: at least one"),
        ({"api_server_cidrs": None}, "api_server_cidrs: got None; accepted: a list"),
        ({"api_cidrs": []}, "Did you mean api_server_cidrs"),
    ],
)
def test_refuses(change, message):
    with pytest.raises(ArgsError, match=message):
        ClusterNetwork(**{"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], **change})


def test_networks_may_be_known_only_later(register):
    network = ClusterNetwork(platform=EKS, api_server_cidrs=pulumi.Output.from_input(["10.0.0.0/24"]), service_cidr=None)
    seen = []
    register(lambda: network.api_server_egress().apply(seen.append))
    assert seen == [api_server_egress(["10.0.0.0/24"], None)]
