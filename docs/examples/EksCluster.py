import pulumi

from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey, AwsNetwork, EksCluster

CLUSTER_LOG, FLOW_LOG = "/aws/eks/clinic/cluster", "/hipaa-stack/clinic/flow"

secrets = AwsEncryptionKey("secrets", {"uses": ["EKS_SECRETS"], "alias": "clinic/secrets"})
volumes = AwsEncryptionKey("volumes", {"uses": ["EBS"], "alias": "clinic/volumes"})
log_key = AwsEncryptionKey(
    "logs",
    {"uses": ["CLOUDWATCH_LOGS"], "alias": "clinic/logs", "log_group_names": [CLUSTER_LOG, FLOW_LOG]},
)
logs = AwsAuditLogs(
    "logs",
    {
        "key_arn": log_key.key_arn,
        "log_groups": [{"name": CLUSTER_LOG, "kind": "EKS_CONTROL_PLANE"}, {"name": FLOW_LOG, "kind": "VPC_FLOW"}],
    },
)
network = AwsNetwork(
    "network",
    {"cluster_name": "clinic", "flow_log_group_arn": logs.log_group_arns[FLOW_LOG], "components": ["NODES"]},
)
cluster = EksCluster(
    "cluster",
    {
        "cluster_name": "clinic",
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "secrets_key_arn": secrets.key_arn,
        "volume_key_arn": volumes.key_arn,
        "log_group_arn": logs.log_group_arns[CLUSTER_LOG],
        "admin_principal_arns": ["arn:aws:iam::123456789012:role/deployer"],
        "node_groups": [{"name": "general", "instance_types": ["m7i.large"], "min_size": 3, "desired_size": 3}],
    },
)
pulumi.export("kubeconfig", cluster.kubeconfig)
