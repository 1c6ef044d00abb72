"""EksSystemNetworkPolicies: coredns and the EBS driver run where everything starts denied."""

import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import EksSystemNetworkPolicies, EksSystemNetworkPoliciesArgs

ARGS = {
    "network": {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/28", "10.64.0.16/28"], "service_cidr": "172.20.0.0/16"},
    "vpc_cidr": "10.64.0.0/16",
}
DNS = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]


@pytest.fixture
def specs(register):
    registered = register(lambda: EksSystemNetworkPolicies("system", ARGS))
    policies = registered.of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    assert {policy.inputs["metadata"]["namespace"] for policy in policies} == {"kube-system"}
    return {policy.inputs["metadata"]["name"]: policy.inputs["spec"] for policy in policies}


def reaches(spec):
    """Every network with its ports, and `pods` for pods of the cluster."""
    return [
        (peer.get("ipBlock", {}).get("cidr", "pods"), [port["port"] for port in rule["ports"]])
        for rule in spec["egress"]
        for peer in rule["to"]
    ]


def test_registers_exactly(register, snapshot):
    assert register(lambda: EksSystemNetworkPolicies("system", ARGS)).whole() == snapshot


def test_coredns_answers_pods_and_nodes_and_asks_the_vpc_resolver(specs):
    coredns = specs["hipaa-coredns"]
    assert coredns["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}
    assert coredns["ingress"] == [{"from": [{"namespaceSelector": {}}, {"ipBlock": {"cidr": "10.64.0.0/16"}}], "ports": DNS}]
    assert reaches(coredns) == [("10.64.0.0/28", [443]), ("10.64.0.16/28", [443]), ("172.20.0.1/32", [443]), ("10.64.0.2/32", [53, 53])]


def test_the_ebs_driver_reaches_the_cluster_its_identity_and_ec2(specs):
    driver = specs["hipaa-ebs-csi"]
    assert driver["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "aws-ebs-csi-driver"}}
    assert driver["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in driver
    assert reaches(driver) == [
        ("pods", [53, 53]),
        ("10.64.0.0/28", [443]),
        ("10.64.0.16/28", [443]),
        ("172.20.0.1/32", [443]),
        ("169.254.170.23/32", [80, 2703]),
        ("fd00:ec2::23/128", [80, 2703]),
        ("10.64.0.0/16", [443]),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpc_cidr": "0.0.0.0/0"}, "vpc_cidr: got '0.0.0.0/0'; accepted: a network such as"),
        ({"vpc_cidr": "10.0.0.1/16"}, "vpc_cidr: got '10.0.0.1/16'"),
        ({"network": {**ARGS["network"], "platform": "EKS_AUTO"}}, "network.platform: got 'EKS_AUTO'; accepted: EKS. Other platforms"),
        ({"network": {**ARGS["network"], "platform": "GKE"}}, "network.platform: got 'GKE'"),
        ({"vpc": "10.0.0.0/16"}, "vpc: unknown argument"),
    ],
)
def test_refuses(register, change, message):
    args = {**ARGS, **change}
    with pytest.raises(ArgsError, match=message):
        EksSystemNetworkPoliciesArgs(**args)
    with pytest.raises(ArgsError, match=f"EksSystemNetworkPolicies 'system': .*{message}"):
        register(lambda: EksSystemNetworkPolicies("system", args))
