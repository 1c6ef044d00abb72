"""Copies of everything that lands, in the archive: a replica takes the retention of the bucket that it goes to."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components.aws._common import policy_document
from hipaa_components.aws._roles import ServiceRole

RULE = "archive"
"""Id of the replication rule, by which metrics name it."""

REPLICATION_MINUTES = 15
"""Time in which S3 promises a replica, and after which it reports a late one (S3 user guide, Replication Time Control)."""


class Destination(NamedTuple):
    """Where replicas go."""

    bucket_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    account_id: str | None = None
    """The account that owns the bucket and shall own the replicas; None for this one."""
    settings: Sequence[pulumi.Resource] = ()
    """What has to be in force on the bucket before the first replica comes."""


def replicate(
    component: Component,
    name: str,
    landing: pulumi.Output[str],
    role: ServiceRole,
    destination: Destination,
    after: Sequence[pulumi.Resource],
) -> "aws.s3.BucketReplicationConfig":
    """Registers the replication of the bucket `landing`. It begins with what is written after it: it comes before writers."""
    target: dict[str, Any] = {
        "bucket": destination.bucket_arn,
        "encryption_configuration": {"replica_kms_key_id": destination.key_arn},
        "replication_time": {"status": "Enabled", "time": {"minutes": REPLICATION_MINUTES}},
        "metrics": {"status": "Enabled", "event_threshold": {"minutes": REPLICATION_MINUTES}},
    }
    if destination.account_id:
        target |= {"account": destination.account_id, "access_control_translation": {"owner": "Destination"}}
    return aws.s3.BucketReplicationConfig(
        name,
        bucket=landing,
        role=role.role.arn,
        rules=[
            {
                "id": RULE,
                "status": "Enabled",
                "priority": 0,
                "filter": {"prefix": ""},
                "delete_marker_replication": {"status": "Disabled"},
                "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                "destination": target,
            }
        ],
        opts=component.child(protect=True, depends_on=[*role.grants, *after, *destination.settings]),
    )


def replication_policy(landing_arn: str, landing_key: str, archive_arn: str, archive_key: str, *, foreign: bool) -> str:
    """What replication needs (S3 user guide, permissions for live replication): it can copy, and delete nothing."""
    copy = ["s3:ReplicateObject", "s3:ReplicateTags", *(["s3:ObjectOwnerOverrideToBucketOwner"] if foreign else [])]
    read = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    return policy_document(
        [
            {"Effect": "Allow", "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"], "Resource": landing_arn},
            {"Effect": "Allow", "Action": read, "Resource": f"{landing_arn}/*"},
            {"Effect": "Allow", "Action": copy, "Resource": f"{archive_arn}/*"},
            _through_s3(landing_key, landing_arn, "kms:Decrypt"),
            _through_s3(archive_key, archive_arn, "kms:Encrypt", "kms:GenerateDataKey"),
        ]
    )


def _through_s3(key_arn: str, bucket_arn: str, *actions: str) -> dict[str, Any]:
    """Use of a key for one bucket only. The context is the bucket with a bucket key, the object without one."""
    region = key_arn.split(":")[3]
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": key_arn,
        "Condition": {
            "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
        },
    }
