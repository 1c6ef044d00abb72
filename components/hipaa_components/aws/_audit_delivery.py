"""The way of log events from CloudWatch Logs into the landing bucket: a subscription, then a stream of Data Firehose."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components.aws._common import policy_document
from hipaa_stack.baseline import ARCHIVED_LOGS

STREAM_PREFIX_LENGTH: Final = 47
"""Longest name of a component that its stream bears whole: 64 characters (Data Firehose API reference, CreateDeliveryStream)
less `-delivery` and the 8 that Pulumi appends."""

ERROR_STREAM: Final = "delivery"
"""Log stream of what could not be delivered."""

BUFFER_SECONDS: Final = 300
BUFFER_MEGABYTES: Final = 64
"""An object is written when one of them is reached: few objects, and none older than five minutes."""


class Delivery(NamedTuple):
    """Where a stream delivers to."""

    bucket_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    error_group: pulumi.Input[str]
    """Name of the log group that tells what could not be delivered."""
    tags: Mapping[str, str]


def delivery_stream(
    component: Component, name: str, role_arn: pulumi.Input[str], place: Delivery, after: Sequence[pulumi.Resource]
) -> "aws.kinesis.FirehoseDeliveryStream":
    """Registers the stream. What CloudWatch Logs hands over is compressed already; several gzip files in a row are one."""
    return aws.kinesis.FirehoseDeliveryStream(
        name,
        destination="extended_s3",
        server_side_encryption={"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": place.key_arn},
        extended_s3_configuration={
            "role_arn": role_arn,
            "bucket_arn": place.bucket_arn,
            "kms_key_arn": place.key_arn,
            "buffering_size": BUFFER_MEGABYTES,
            "buffering_interval": BUFFER_SECONDS,
            "compression_format": "UNCOMPRESSED",
            "file_extension": ".gz",
            "prefix": f"{ARCHIVED_LOGS}!{{timestamp:yyyy/MM/dd}}/",
            "error_output_prefix": "failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
            "cloudwatch_logging_options": {"enabled": True, "log_group_name": place.error_group, "log_stream_name": ERROR_STREAM},
        },
        tags=place.tags,
        opts=component.child(protect=True, depends_on=[*after]),
    )


def delivery_policy(bucket_arn: str, key_arn: str, error_group_arn: str) -> str:
    """What the stream needs (Data Firehose developer guide, access to an S3 destination)."""
    region = key_arn.split(":")[3]
    write = [
        "s3:AbortMultipartUpload",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:PutObject",
    ]
    return policy_document(
        [
            {"Effect": "Allow", "Action": write, "Resource": [bucket_arn, f"{bucket_arn}/*"]},
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": key_arn,
                "Condition": {
                    "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
                    "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
                },
            },
            {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": f"{error_group_arn}:log-stream:{ERROR_STREAM}"},
        ]
    )


def subscription_trust(account: str, region: str, partition: str) -> str:
    """The trust policy of the role that hands log events over: the service, for log groups of this account and region."""
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "logs.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:*"}},
            }
        ]
    )


def subscription_policy(stream_arn: str) -> str:
    """What handing over needs: to put records into the stream (CloudWatch Logs user guide, subscription filters)."""
    return policy_document([{"Effect": "Allow", "Action": ["firehose:PutRecord", "firehose:PutRecordBatch"], "Resource": stream_arn}])
