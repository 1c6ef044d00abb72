from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components.kubernetes import PlatformWorkloads

cluster = kubernetes.Provider("clinic", kubeconfig=Path("kubeconfig").read_text(), enable_server_side_apply=True)
workloads = PlatformWorkloads(
    "clinic",
    {
        "namespaces": [
            {"name": "records", "owner": "records-team"},
            {"name": "tools", "owner": "platform-team", "data_classification": "NONE"},
        ],
        "network": {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/16"], "service_cidr": "172.20.0.0/16"},
        "storage": {"key": pulumi.Config().require("volume_key_arn")},
    },
    pulumi.ResourceOptions(provider=cluster),
)
pulumi.export("namespaces", workloads.namespaces)
