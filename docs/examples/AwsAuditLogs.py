import pulumi

from hipaa_components.aws import AwsAuditLogs, AwsEncryptionKey

GROUPS = [
    {"name": "/aws/eks/clinic/cluster", "kind": "EKS_CONTROL_PLANE"},
    {"name": "/clinic/application", "kind": "APPLICATION"},
]
key = AwsEncryptionKey(
    "logs",
    {"uses": ["CLOUDWATCH_LOGS"], "alias": "clinic/logs", "log_group_names": [group["name"] for group in GROUPS]},
)
logs = AwsAuditLogs("logs", {"key_arn": key.key_arn, "log_groups": GROUPS})

pulumi.export("log_groups", logs.log_group_arns)
