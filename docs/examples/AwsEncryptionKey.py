import pulumi

from hipaa_components.aws import AwsEncryptionKey

records = AwsEncryptionKey("records", {"uses": ["EBS", "S3"], "alias": "clinic/records"})
logs = AwsEncryptionKey("logs", {"uses": ["CLOUDWATCH_LOGS"], "alias": "clinic/logs", "log_group_names": ["/clinic/application"]})

pulumi.export("records_key", records.key_arn)
pulumi.export("logs_key", logs.key_arn)
