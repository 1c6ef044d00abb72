import pulumi

from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey, AwsNetwork

FLOW_LOG = "/hipaa-stack/clinic/flow"
key = AwsEncryptionKey("logs", {"uses": ["CLOUDWATCH_LOGS"], "alias": "clinic/logs", "log_group_names": [FLOW_LOG]})
logs = AwsAuditLogs("logs", {"key_arn": key.key_arn, "log_groups": [{"name": FLOW_LOG, "kind": "VPC_FLOW"}]})
network = AwsNetwork(
    "network",
    {
        "cluster_name": "clinic",
        "cidr": "10.64.0.0/16",
        "az_count": 3,
        "flow_log_group_arn": logs.log_group_arns[FLOW_LOG],
        "components": ["NODES", "SECRETS"],
    },
)
pulumi.export("vpc", network.vpc_id)
pulumi.export("subnets", network.private_subnet_ids)
