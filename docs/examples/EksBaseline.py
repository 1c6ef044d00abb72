import pulumi

from hipaa_components.aws import EksBaseline

baseline = EksBaseline(
    "clinic",
    {
        "cluster_name": "clinic",
        "cloud_stack": "organization/platform/cloud",
        "data_classification": "SYNTHETIC",
        "namespaces": [
            {"name": "records", "owner": "records-team", "data_classification": "SYNTHETIC"},
            {"name": "tools", "owner": "platform-team", "data_classification": "NONE"},
        ],
    },
)
pulumi.export("namespaces", baseline.namespaces)
