"""Components for Amazon Web Services."""

from hipaa_components.aws.encryption_key import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse

__all__ = ["AwsEncryptionKey", "AwsEncryptionKeyArgs", "AwsKeyUse"]
