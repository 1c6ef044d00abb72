from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components.kubernetes import ExternalSecrets, HardenedNamespace

NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.64.0.0/16"], "service_cidr": "172.20.0.0/16"}

cluster = kubernetes.Provider("clinic", kubeconfig=Path("kubeconfig").read_text(), enable_server_side_apply=True)
options = pulumi.ResourceOptions(provider=cluster)
records = HardenedNamespace("records", {"name": "records", "owner": "records-team", "network": NETWORK}, options)
tools = HardenedNamespace(
    "external-secrets",
    {"name": "external-secrets", "owner": "platform-team", "data_classification": "NONE", "network": NETWORK},
    options,
)
ExternalSecrets(
    "external-secrets",
    {
        "namespace": tools.name,
        "owner": "platform-team",
        "image_digest": pulumi.Config().require("external_secrets_digest"),
        "provider_cidrs": ["10.64.0.0/16"],  # where the endpoint of the secret manager answers
        "network": NETWORK,
        "source": pulumi.Config().get_object("external_secrets"),  # a copy, where the chart does not come from the internet
        "stores": [
            {
                "name": "records",
                "namespace": "records",
                "aws": {"region": "us-east-1", "role_arn": "arn:aws:iam::123456789012:role/records-secrets"},
            }
        ],
        "secrets": [
            {
                "name": "database",
                "namespace": "records",
                "store": "records",
                "items": [{"secret_key": "password", "remote_key": "clinic/database", "property": "password"}],
            }
        ],
    },
    pulumi.ResourceOptions(provider=cluster, depends_on=[records]),
)
