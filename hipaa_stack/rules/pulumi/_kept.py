"""What a deletion loses for good: keys, clusters, and the archives of audit logs."""

from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Stack, any_of
from hipaa_stack.rules.aws._audit_logs import LOCK, LOG_GROUP, holds_audit_logs, is_audit_log
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.gcp._audit_logs import holds_audit_logs as holds_audit_logs_of_google
from hipaa_stack.rules.gcp._sinks import BUCKET as GCP_BUCKET

_ALWAYS: Final = {
    "aws:kms/key:Key": "key",
    "aws:eks/cluster:Cluster": "cluster",
    "gcp:kms/cryptoKey:CryptoKey": "key",
    "gcp:kms/keyRing:KeyRing": "key ring",
    "gcp:container/cluster:Cluster": "cluster",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": "log bucket",
}

KEPT: Final = (*_ALWAYS, BUCKET, LOG_GROUP, GCP_BUCKET)
"""Types of what is kept. Of buckets and log groups only those that hold audit logs are."""


def kept(node: Node, stack: Stack) -> str:
    """What a resource of one of the types is: a key, a cluster, an audit archive.

    Raises:
        NotApplicable: when it is a bucket or a log group for something else.
        Undecided: when it is not known what writes to it.
    """
    type_ = node.resource.rule_type
    if type_ in _ALWAYS:
        return _ALWAYS[type_]
    is_kept = {BUCKET: _is_archive, LOG_GROUP: is_audit_log, GCP_BUCKET: _is_archive_of_google}[type_]
    if not is_kept(node, stack):
        raise NotApplicable("not a place of audit logs")
    return "audit archive"


def _is_archive(bucket: Node, stack: Stack) -> bool:
    """True when it is write-once, or when audit logs are written to it."""
    return any_of(
        lambda: bucket.boolean("objectLockEnabled") is True,
        lambda: any(stack.linked(bucket.resource, LOCK, via="bucket")),
        lambda: holds_audit_logs(bucket, stack),
    )


def _is_archive_of_google(bucket: Node, stack: Stack) -> bool:
    """True when it is write-once, or when a sink of Cloud Logging writes audit logs to it."""
    return any_of(lambda: bucket.is_set("retentionPolicy"), lambda: holds_audit_logs_of_google(bucket.resource, stack))
