from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components.kubernetes import EksSystemNetworkPolicies

cluster = kubernetes.Provider("clinic", kubeconfig=Path("kubeconfig").read_text(), enable_server_side_apply=True)
EksSystemNetworkPolicies(
    "system",
    {
        "vpc_cidr": "10.64.0.0/16",
        "network": {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/16"], "service_cidr": "172.20.0.0/16"},
    },
    pulumi.ResourceOptions(provider=cluster),
)
