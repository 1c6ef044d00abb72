import pulumi

from hipaa_components.aws import EksPlatform

platform = EksPlatform(
    "clinic",
    {
        "cluster_name": "clinic",
        "data_classification": "PHI",
        "agreements": [
            {"party": "Amazon Web Services", "kind": "BAA", "reference": "AWS Artifact", "effective": "2026-01-01", "covers": ["aws"]}
        ],
        "alert_endpoints": [{"protocol": "EMAIL", "endpoint": "security-officer@example.org"}],
        "cluster": {"admin_principal_arns": ["arn:aws:iam::123456789012:role/deployer"]},
        "access": [{"existing": {"client_cidrs": ["10.200.0.0/16"]}}],
        "namespaces": [{"name": "records", "owner": "records-team"}],
    },
)
pulumi.export("kubeconfig", platform.kubeconfig)
pulumi.export("cost_drivers", platform.cost_drivers)
