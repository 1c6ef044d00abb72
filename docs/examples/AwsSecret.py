import pulumi

from hipaa_components.aws import AwsEncryptionKey, AwsSecret

key = AwsEncryptionKey("secrets", {"uses": ["EKS_SECRETS"], "alias": "clinic/secrets"})
secret = AwsSecret(
    "database",
    {
        "secret_name": "clinic/database",
        "key_arn": key.key_arn,
        "reader_role_arns": ["arn:aws:iam::123456789012:role/records-api"],
        "rotation": {
            "lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:rotate-database",
            "role_arn": "arn:aws:iam::123456789012:role/rotate-database",
        },
    },
)
pulumi.export("secret", secret.secret_arn)  # its value is put in by the rotation, never by this program
