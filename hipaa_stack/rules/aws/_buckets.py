"""Buckets of S3, and what is set on them: by themselves, under names of today and of older SDKs, and by other resources."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, chain
from hipaa_stack.rules.aws._types import aws

BUCKET: Final = aws("s3/bucket")

_ENCRYPTION: Final = aws("s3/bucketServerSideEncryptionConfiguration")
_INLINE: Final = ("serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations")
_DEFAULT: Final = ("applyServerSideEncryptionByDefault", "applyServerSideEncryptionByDefaults")

KMS: Final = ("aws:kms", "aws:kms:dsse")
"""Algorithms with a key of KMS."""


def settings_of(bucket: Node, stack: Stack, type_: str, *inline: str) -> Iterator[Node]:
    """What is set on a bucket: inline under one of these names, as an object or a list, and by resources of the type."""
    own = bucket.items(*inline, scalar=True)
    others = (each.root for each in stack.linked(bucket.resource, type_, via="bucket"))
    return chain([own, others])


def encryption_of(bucket: Node, stack: Stack) -> Iterator[Node]:
    """How objects are encrypted for which the writer asks for nothing."""
    rules = chain(each.items("rule", "rules", scalar=True) for each in settings_of(bucket, stack, _ENCRYPTION, *_INLINE))
    return chain(each.items(*_DEFAULT, scalar=True) for each in rules)
