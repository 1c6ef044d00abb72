from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components.kubernetes import AccessControl, HardenedNamespace

NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/16"], "service_cidr": "172.20.0.0/16"}

cluster = kubernetes.Provider("clinic", kubeconfig=Path("kubeconfig").read_text(), enable_server_side_apply=True)
options = pulumi.ResourceOptions(provider=cluster)
records = HardenedNamespace("records", {"name": "records", "owner": "records-team", "network": NETWORK}, options)
tools = HardenedNamespace(
    "access-control",
    {"name": "access-control", "owner": "platform-team", "data_classification": "NONE", "network": NETWORK},
    options,
)
access = AccessControl(
    "access",
    {
        "owner": "platform-team",
        "auditors": ["oidc:compliance"],
        "developers": ["oidc:developers"],
        "operators": ["oidc:operators"],
        "break_glass_approvers": ["oidc:on-call-leads"],
        "reaper_image": pulumi.Config().require("kubectl_image"),  # with its digest
        "namespaces": [records.name],
        "namespace": tools.name,
        "network": NETWORK,
    },
    options,
)
pulumi.export("break_glass_role", access.break_glass_role)
