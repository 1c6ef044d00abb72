import pulumi

from hipaa_components.aws import AwsWorkloadRole

config = pulumi.Config()
role = AwsWorkloadRole(
    "records-api",
    {
        "cluster_name": "clinic",
        "cluster_arn": config.require("cluster_arn"),
        "namespace": "records",
        "service_account": "records-api",
        "secret_arns": [config.require("secret_arn")],
        "key_arns": [config.require("key_arn")],
    },
)
pulumi.export("role", role.role_arn)
