"""The bucket of states: versions, and a key that its owner controls."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import Finding, beside, failed, passed
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor._unseen import Unseen

NAME = "state bucket"
MAKE = "Make it with AwsStateBackend (docs/state-backend.md)."


def state_bucket(account: Account, platform: Platform) -> Iterator[Finding]:
    """A bucket of states keeps versions and is encrypted with a customer managed key."""
    try:
        where = urlsplit(platform.backend or "")
    except ValueError:
        raise Unseen("the URL of the state back end cannot be read", "Mend backend.url in Pulumi.yaml, or PULUMI_BACKEND_URL.") from None
    if where.scheme != "s3":
        yield beside(NAME, message="the state back end is no bucket")
        return
    query = parse_qs(where.query)
    if "endpoint" in query:
        raise Unseen(f"{where.netloc} is a bucket at {query['endpoint'][0]}, not at AWS", "Look there whether it has versions and a key.")
    region = next(iter(query.get("region", [])), None)
    yield _kept(account, where.netloc, region)


def _kept(account: Account, bucket: str, region: str | None) -> Finding:
    versions = account.get("s3", "get_bucket_versioning", "", ("NoSuchBucket",), at=region, Bucket=bucket)
    if versions is None:
        return failed(NAME, message=f"{bucket} does not exist", fix=MAKE)
    # A bucket that never had versions answers without a status.
    if versions.get("Status") != "Enabled":
        return failed(NAME, message=f"{bucket} keeps no versions: a state that is overwritten is gone", fix=MAKE)
    none = ("ServerSideEncryptionConfigurationNotFoundError",)
    encryption = account.get("s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", none, at=region, Bucket=bucket)
    rules = [rule.get("ApplyServerSideEncryptionByDefault") or {} for rule in (encryption or {}).get("Rules", [])]
    key = next((str(rule.get("KMSMasterKeyID") or "") for rule in rules if str(rule.get("SSEAlgorithm")).startswith("aws:kms")), None)
    if key is None:
        return failed(NAME, message=f"{bucket} is encrypted with no key of AWS KMS", fix=MAKE)
    if not key or key.endswith("alias/aws/s3"):
        return failed(
            NAME, message=f"{bucket} is encrypted with a key that AWS manages: nobody can take it away or see who uses it", fix=MAKE
        )
    return _of_customer(account, bucket, key, region)


def _of_customer(account: Account, bucket: str, key: str, region: str | None) -> Finding:
    """Whether the key is its owner's, and usable: what a bucket names may be a key of AWS, or one that is going."""
    action = "kms:DescribeKey"
    there = key.split(":")[3] if key.startswith("arn:") and key.count(":") > 3 else region  # noqa: PLR2004 - parts of an ARN
    known = account.get("kms", "describe_key", "KeyMetadata", at=there, KeyId=key)
    if text(known, "KeyManager", action) != "CUSTOMER":
        return failed(NAME, message=f"{bucket} is encrypted with {key}, which AWS manages", fix=MAKE)
    if (state := text(known, "KeyState", action)) != "Enabled":
        fix = f"aws kms cancel-key-deletion or enable-key, --key-id {key}: without it the states cannot be read."
        return failed(NAME, message=f"{bucket} is encrypted with {key}, which is {state}", fix=fix)
    return passed(NAME, message=f"{bucket} keeps versions and is encrypted with a customer managed key")
