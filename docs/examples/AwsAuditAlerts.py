from hipaa_components.aws import AwsAuditAlerts, AwsAuditLogs, AwsEncryptionKey

CLUSTER_LOG = "/aws/eks/clinic/cluster"
key = AwsEncryptionKey(
    "logs",
    {"uses": ["CLOUDWATCH_LOGS", "SNS"], "alias": "clinic/logs", "log_group_names": [CLUSTER_LOG]},
)
logs = AwsAuditLogs("logs", {"key_arn": key.key_arn, "log_groups": [{"name": CLUSTER_LOG, "kind": "EKS_CONTROL_PLANE"}]})
AwsAuditAlerts(
    "alerts",
    {
        "key_arn": key.key_arn,
        "log_group_arn": logs.log_group_arns[CLUSTER_LOG],
        "alert_endpoints": [
            {"protocol": "HTTPS", "endpoint": "https://pager.example.org/clinic"},
            {"protocol": "EMAIL", "endpoint": "security-officer@example.org"},
        ],
    },
)
