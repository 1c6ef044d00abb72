"""What a deletion loses for good: keys, clusters, and the archives of audit logs."""

import re
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, any_of, some
from hipaa_stack.rules.gcp._audit_logs import holds_audit_logs as holds_audit_logs_of_google
from hipaa_stack.rules.gcp._sinks import BUCKET as GCP_BUCKET

_BUCKET: Final = "aws:s3/bucket:Bucket"
_LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
_TRAIL: Final = "aws:cloudtrail/trail:Trail"
_STREAM: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"

_ALWAYS: Final = {
    "aws:kms/key:Key": "key",
    "aws:eks/cluster:Cluster": "cluster",
    "gcp:kms/cryptoKey:CryptoKey": "key",
    "gcp:kms/keyRing:KeyRing": "key ring",
    "gcp:container/cluster:Cluster": "cluster",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "log bucket",
}

KEPT: Final = (*_ALWAYS, _BUCKET, _LOG_GROUP, GCP_BUCKET)
"""Types of what is kept. Of buckets and log groups only those that hold audit logs are."""

_WRITERS: Final = (
    (_TRAIL, "s3BucketName"),
    ("aws:ec2/flowLog:FlowLog", "logDestination"),
    ("aws:cfg/deliveryChannel:DeliveryChannel", "s3BucketName"),
)
"""What writes audit logs to buckets of S3, with the property that names the bucket."""

_EKS_AUDIT: Final = re.compile(r"/aws/eks/[^/]+/cluster")
"""Where EKS writes the audit log of a cluster (EKS user guide, control plane logs)."""


def kept(node: Node, stack: Stack) -> str:
    """What a resource of one of the types is: a key, a cluster, an audit archive.

    Raises:
        NotApplicable: when it is a bucket or a log group for something else.
        Undecided: when it is not known what writes to it.
    """
    type_ = node.resource.rule_type
    if type_ in _ALWAYS:
        return _ALWAYS[type_]
    holds_audit_logs = {_BUCKET: _is_archive, _LOG_GROUP: _is_audit_log, GCP_BUCKET: _is_archive_of_google}[type_]
    if not holds_audit_logs(node, stack):
        raise NotApplicable("not a place of audit logs")
    return "audit archive"


def _is_archive(bucket: Node, stack: Stack) -> bool:
    """True when it is write-once, or when a trail, a flow log, AWS Config or a subscription of logs writes to it."""
    resource = bucket.resource
    return any_of(
        lambda: bucket.boolean("objectLockEnabled") is True,
        lambda: any(stack.linked(resource, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", via="bucket")),
        *(lambda type_=type_, via=via: any(stack.linked(resource, type_, via=via)) for type_, via in _WRITERS),
        lambda: some(stack.linked(resource, _STREAM, via="extendedS3Configuration.bucketArn"), lambda stream: _carries_logs(stream, stack)),
    )


def _carries_logs(stream: Resource, stack: Stack) -> bool:
    return any(stack.linked(stream, "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", via="destinationArn"))


def _is_audit_log(group: Node, stack: Stack) -> bool:
    """True for the log of an EKS cluster and for that of a trail."""
    return any_of(
        lambda: _EKS_AUDIT.fullmatch(group.string("name") or "") is not None,
        lambda: any(stack.linked(group.resource, _TRAIL, via="cloudWatchLogsGroupArn")),
    )


def _is_archive_of_google(bucket: Node, stack: Stack) -> bool:
    """True when it is write-once, or when a sink of Cloud Logging writes audit logs to it."""
    return any_of(lambda: bucket.is_set("retentionPolicy"), lambda: holds_audit_logs_of_google(bucket.resource, stack))
