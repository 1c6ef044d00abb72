from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components.kubernetes import HardenedNamespace, SealedSecrets

NETWORK = {"platform": "SELF_MANAGED", "api_server_cidrs": ["10.0.0.10/32"], "service_cidr": "10.96.0.0/12"}

cluster = kubernetes.Provider("clinic", kubeconfig=Path("kubeconfig").read_text(), enable_server_side_apply=True)
options = pulumi.ResourceOptions(provider=cluster)
tools = HardenedNamespace(
    "sealed-secrets",
    {"name": "sealed-secrets", "owner": "platform-team", "data_classification": "NONE", "network": NETWORK},
    options,
)
SealedSecrets(
    "sealed-secrets",
    {
        "namespace": tools.name,
        "owner": "platform-team",
        "image_digest": pulumi.Config().require("sealed_secrets_digest"),
        "backup": "VELERO",
        "source": pulumi.Config().get_object("sealed_secrets"),  # a copy, where the chart does not come from the internet
        "network": NETWORK,
    },
    options,
)
