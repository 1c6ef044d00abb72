import pulumi

from hipaa_components.aws import AwsAuditArchive, AwsEncryptionKey

key = AwsEncryptionKey(
    "logs",
    {"uses": ["CLOUDWATCH_LOGS", "S3"], "alias": "clinic/logs", "log_group_names": ["/clinic/delivery"]},
)
archive = AwsAuditArchive("archive", {"key_arn": key.key_arn, "retention_days": 2192, "delivery_log_group": "/clinic/delivery"})

pulumi.export("archive", archive.archive_bucket_name)
pulumi.export("lock", archive.lock_status)  # locked in a step of its own: docs/archive-lock.md
