"""The buckets of an audit archive: closed, encrypted, versioned, TLS only; and the policies that say who writes to them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components._names import fit
from hipaa_components.aws._common import policy_document

BUCKET_PREFIX_LENGTH = 37
"""Longest name prefix of a bucket: 63 characters less the 26 that the AWS provider appends."""

OLDEST_TLS = "1.2"
"""Oldest version of TLS that a bucket answers to (NIST SP 800-52 revision 2)."""

CLEANUP_DAYS = 7
"""Days for which replaced versions and uploads that were never finished stay."""

Statements = Sequence[Mapping[str, Any]]


class AuditBucket(NamedTuple):
    """A bucket and its settings: what writes to it comes after all of them."""

    bucket: "aws.s3.Bucket"
    settings: list[pulumi.CustomResource]

    @property
    def name(self) -> pulumi.Output[str]:
        """The real name, once the settings are in force: whoever writes to it waits for them."""
        return pulumi.Output.all(self.bucket.bucket, *(setting.id for setting in self.settings)).apply(lambda values: values[0])


class BucketMaker(NamedTuple):
    """Makes the buckets of one component."""

    component: Component
    name: str
    tags: Mapping[str, str]
    ephemeral: bool

    def bucket(self, part: str, *, key_arn: pulumi.Input[str] | None, lockable: bool = False) -> AuditBucket:
        """A bucket that is closed, versioned and encrypted: with the key, or with that of S3 where `key_arn` is None."""
        name = f"{self.name}-{part}"
        bucket = aws.s3.Bucket(
            name,
            bucket_prefix=bucket_prefix(name),
            force_destroy=self.ephemeral,
            object_lock_enabled=lockable,
            tags=self.tags,
            opts=self.component.child(protect=True, retain=True, ignore_changes=["bucketPrefix"]),
        )
        child = self.component.child
        access = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child(protect=True, retain=True),
        )
        owner = aws.s3.BucketOwnershipControls(
            name, bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child(retain=True)
        )
        versions = aws.s3.BucketVersioning(
            name, bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=child(protect=True, retain=True)
        )
        encryption = aws.s3.BucketServerSideEncryptionConfiguration(
            name, bucket=bucket.bucket, rules=[_encryption(key_arn)], opts=child(protect=True, retain=True)
        )
        return AuditBucket(bucket, [access, owner, versions, encryption])

    def policy(self, part: str, made: AuditBucket, policy: pulumi.Input[str]) -> None:
        """The policy of a bucket; it becomes one of its settings."""
        options = self.component.child(protect=True, retain=True, depends_on=[*made.settings])
        made.settings.append(aws.s3.BucketPolicy(f"{self.name}-{part}", bucket=made.bucket.bucket, policy=policy, opts=options))

    def log_access(self, part: str, made: AuditBucket, log: AuditBucket) -> None:
        """Requests to a bucket are logged in another; that becomes one of its settings."""
        made.settings.append(
            aws.s3.BucketLogging(
                f"{self.name}-{part}",
                bucket=made.bucket.bucket,
                target_bucket=log.name,
                target_prefix=f"{part}/",
                opts=self.component.child(retain=True),
            )
        )

    def lifecycle(
        self,
        part: str,
        made: AuditBucket,
        *,
        transitions: Sequence[tuple[int, str]] = (),
        expire: int | None = None,
        replaced: int | None = None,
    ) -> None:
        """What becomes of objects: (days, storage class), and the days after which they or only replaced versions go.

        Unfinished uploads always go.
        """
        rule: dict[str, Any] = {
            "id": "keep",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": CLEANUP_DAYS},
        }
        if transitions:
            rule["transitions"] = [{"days": days, "storage_class": storage} for days, storage in transitions]
        if expire:
            rule["expiration"] = {"days": expire}
        if expire or replaced:
            rule["noncurrent_version_expiration"] = {"noncurrent_days": replaced or CLEANUP_DAYS}
        made.settings.append(
            aws.s3.BucketLifecycleConfiguration(
                f"{self.name}-{part}",
                bucket=made.bucket.bucket,
                rules=[rule],
                transition_default_minimum_object_size="all_storage_classes_128K",
                # S3 deletes replaced versions only once there are versions.
                opts=self.component.child(retain=True, depends_on=[*made.settings]),
            )
        )

    def lock(self, part: str, made: AuditBucket, mode: pulumi.Input[str], days: int) -> None:
        """Every object that comes from now on is kept from deletion for so many days."""
        made.settings.append(
            aws.s3.BucketObjectLockConfiguration(
                f"{self.name}-{part}",
                bucket=made.bucket.bucket,
                object_lock_enabled="Enabled",
                rule={"default_retention": {"mode": mode, "days": days}},
                opts=self.component.child(protect=True, retain=True, depends_on=[*made.settings]),
            )
        )


def bucket_prefix(name: str) -> str:
    """The beginning of a bucket's name: lower-case letters, digits and hyphens (S3 user guide, bucket naming rules)."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{fit(plain, BUCKET_PREFIX_LENGTH - 1)}-"


def tls_only(bucket_arn: str) -> Statements:
    """Refuses requests without TLS or with an old one. What a service sends inside AWS carries no version and passes."""
    return [
        _deny("TlsOnly", bucket_arn, "s3:*", {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("RecentTlsOnly", bucket_arn, "s3:*", {"NumericLessThan": {"s3:TlsVersion": OLDEST_TLS}}),
    ]


def plain_policy(bucket_arn: str) -> str:
    """The policy of a bucket that nobody but its account writes to."""
    return policy_document(tls_only(bucket_arn))


def named_roles_policy(bucket_arn: str, role_arns: Sequence[str]) -> str:
    """The policy of a bucket that these roles use and nobody else, administrators of the account included."""
    others = {"StringNotEquals": {"aws:PrincipalArn": sorted(role_arns)}}
    return policy_document([*tls_only(bucket_arn), _deny("NamedRolesOnly", bucket_arn, "s3:*", others)])


def locked_policy(bucket_arn: str) -> str:
    """The policy of an archive: nobody shortens the retention of an object, not even who may bypass governance."""
    return policy_document([*tls_only(bucket_arn), _deny("NoBypass", bucket_arn, "s3:BypassGovernanceRetention")])


def trail_policy(bucket_arn: str, account: str, partition: str) -> str:
    """The policy of a bucket that trails of the account write to (CloudTrail user guide, S3 bucket policy)."""
    trails = {"aws:SourceArn": f"arn:{partition}:cloudtrail:*:{account}:trail/*"}
    principal = {"Service": "cloudtrail.amazonaws.com"}
    return policy_document(
        [
            *tls_only(bucket_arn),
            {
                "Sid": "TrailsLook",
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:GetBucketAcl",
                "Resource": bucket_arn,
                "Condition": {"StringLike": trails},
            },
            {
                "Sid": "TrailsWrite",
                "Effect": "Allow",
                "Principal": principal,
                "Action": "s3:PutObject",
                "Resource": f"{bucket_arn}/AWSLogs/{account}/*",
                "Condition": {"StringLike": trails, "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
            },
        ]
    )


def access_log_policy(bucket_arn: str, account: str, sources: Sequence[str]) -> str:
    """The policy of a bucket that holds the access logs of others (S3 user guide, permissions for log delivery)."""
    writes = {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": sorted(sources)}},
    }
    return policy_document([*tls_only(bucket_arn), writes])


def _deny(sid: str, bucket_arn: str, action: str, condition: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    statement = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": [bucket_arn, f"{bucket_arn}/*"]}
    return {**statement, "Condition": condition} if condition else statement


def _encryption(key_arn: pulumi.Input[str] | None) -> dict[str, Any]:
    """With a bucket key, S3 asks KMS once for many objects. SSE-C would leave the key with whoever wrote the object."""
    if key_arn is None:
        return {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}, "blocked_encryption_types": ["SSE-C"]}
    return {
        "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn},
        "blocked_encryption_types": ["SSE-C"],
        "bucket_key_enabled": True,
    }
