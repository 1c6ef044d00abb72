import pulumi

from hipaa_components.aws import AwsPrivateAccess

config = pulumi.Config()
access = AwsPrivateAccess(
    "access",
    {
        "cluster_name": "clinic",
        "vpc_id": config.require("vpc_id"),
        "vpc_cidr": "10.64.0.0/16",
        "subnet_ids": config.require_object("subnet_ids"),
        "key_arn": config.require("key_arn"),
        "log_group_arn": config.require("log_group_arn"),
        "ssm": {
            "operator_role_arns": ["arn:aws:iam::123456789012:role/platform-operator"],
            "mfa_statement": "The identity provider asks for a hardware key at every sign-in.",
        },
    },
)
pulumi.export("how_to_reach_it", access.instructions)
pulumi.export("clients", access.client_security_group_ids)  # for `api_client_security_group_ids` of EksCluster
