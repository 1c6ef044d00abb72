"""What the system pods of an EKS cluster may talk to, where pods start with every connection denied."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check
from hipaa_components.kubernetes._objects import metadata
from hipaa_components.kubernetes.cluster_network import (
    DNS_PORTS,
    ClusterNetwork,
    KubernetesPlatform,
    NetworkPolicyRule,
    api_server_egress,
    blocks,
    cloud_identity_egress,
    https_egress,
    peer_network,
)

COREDNS: Final = "coredns"
EBS_CSI: Final = "ebs-csi"
PARTS: Final = (COREDNS, EBS_CSI)
"""The add-ons with pods of their own network."""


class EksSystemNetworkPoliciesArgs(Args):
    """Arguments of EksSystemNetworkPolicies."""

    network: ClusterNetwork
    """The cluster; its platform is EKS."""
    vpc_cidr: pulumi.Input[str]
    """Primary network of the VPC: nodes and the interface endpoints of AWS services are in it, and its third address
    is the resolver (VPC user guide, "Amazon DNS server")."""

    _vpc = check("vpc_cidr", peer_network)

    def problems(self) -> Iterator[Problem]:
        """Other platforms run these pods themselves."""
        if self.network.platform is not KubernetesPlatform.EKS:
            yield Problem("EKS", "Other platforms run these pods outside of your policies.", "network.platform", self.network.platform)


class EksSystemNetworkPolicies(Component):
    """Network policies of coredns and the EBS CSI driver in kube-system.

    Serves 164.312(e)(1) and 164.312(a)(1). With NETWORK_POLICY_ENFORCING_MODE=strict the VPC CNI denies what no policy
    names, system pods included: these policies must exist before the add-ons, or no name is ever resolved. Pods on the
    host network (vpc-cni, kube-proxy, the Pod Identity agent, the GuardDuty agent) are outside of policies. The labels
    are those of the add-ons (coredns and aws-ebs-csi-driver manifests). The EBS driver reaches AWS through an interface
    endpoint for EC2 in the VPC.
    """

    policies: pulumi.Output[list[str]]
    """Names of the policies in kube-system; add-ons wait for them."""

    def __init__(
        self, name: str, args: EksSystemNetworkPoliciesArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers one policy for each kind of pod. Raises ArgsError."""
        args = EksSystemNetworkPoliciesArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        network = args.network
        inputs = pulumi.Output.all(args.vpc_cidr, network.api_server_cidrs, network.service_cidr, network.dns_egress())
        specs = inputs.apply(lambda known: system_policies(*known))
        made = [
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{part}", metadata=metadata(f"hipaa-{part}", "kube-system"), spec=specs[part], opts=self.child()
            )
            for part in PARTS
        ]
        self.policies = pulumi.Output.all(*(policy.metadata["name"] for policy in made))
        self.register_outputs({})


def system_policies(
    vpc_cidr: str, api_server_cidrs: Sequence[str], service_cidr: str | None, dns: Sequence[NetworkPolicyRule]
) -> dict[str, dict[str, Any]]:
    """The `spec` of each policy, by part."""
    api_server = api_server_egress(api_server_cidrs, service_cidr)
    return {
        COREDNS: coredns_policy(vpc_cidr, api_server),
        EBS_CSI: ebs_csi_policy(vpc_cidr, [*dns, *api_server]),
    }


def coredns_policy(vpc_cidr: str, api_server: Sequence[NetworkPolicyRule]) -> dict[str, Any]:
    """Answers every pod and node; asks the API server for Services and the VPC resolver for the rest."""
    resolver = str(ip_network(ip_network(vpc_cidr)[2]))
    ports = [dict(port) for port in DNS_PORTS]
    return {
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"namespaceSelector": {}}, *blocks([vpc_cidr])], "ports": ports}],
        "egress": [*api_server, {"to": blocks([resolver]), "ports": ports}],
    }


def ebs_csi_policy(vpc_cidr: str, cluster: Sequence[NetworkPolicyRule]) -> dict[str, Any]:
    """Reaches names and the API server of the cluster, its identity on the node, and EC2; nobody calls it."""
    return {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "aws-ebs-csi-driver"}},
        "policyTypes": ["Ingress", "Egress"],
        "egress": [*cluster, *cloud_identity_egress(KubernetesPlatform.EKS), https_egress([vpc_cidr])],
    }
