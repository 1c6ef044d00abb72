import pulumi

from hipaa_components.aws import EksCloud

cloud = EksCloud(
    "clinic",
    {
        "cluster_name": "clinic",
        "data_classification": "SYNTHETIC",
        "alert_endpoints": [{"protocol": "HTTPS", "endpoint": "https://pager.example.org/clinic"}],
        "cluster": {"admin_principal_arns": ["arn:aws:iam::123456789012:role/deployer"]},
        "access": [{"existing": {"client_cidrs": ["10.200.0.0/16"]}}],
    },
)
pulumi.export("platform", cloud.platform)  # what the stack of EksBaseline reads
pulumi.export("cost_drivers", cloud.cost_drivers)
