"""Kinds of KMS keys that are yours."""

from typing import Final

from hipaa_stack.rules.aws._types import aws

KEYS: Final = tuple(map(aws, ("kms/key", "kms/replicaKey", "kms/externalKey", "kms/replicaExternalKey")))
"""Keys made by AWS, keys with imported material, and their replicas in other regions."""
