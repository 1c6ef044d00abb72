import pulumi

from hipaa_components.aws import AwsEncryptionKey, AwsRepository

key = AwsEncryptionKey("images", {"uses": ["EBS"], "alias": "clinic/images"})
repository = AwsRepository(
    "records-api",
    {
        "repository_name": "clinic/records-api",
        "key_arn": key.key_arn,
        "reader_role_arns": ["arn:aws:iam::123456789012:role/clinic-nodes"],
    },
)
pulumi.export("repository", repository.repository_url)
