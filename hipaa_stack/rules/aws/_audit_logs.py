"""Audit logs of AWS: which log groups and buckets hold them, and where they are kept for six years."""

import re
from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.baseline import AUDIT_RETENTION_DAYS
from hipaa_stack.resources import Node, Resource, Stack, Unknown, all_of, any_of, chain, plain, some
from hipaa_stack.rules._origins import referred
from hipaa_stack.rules.aws._buckets import BUCKET, KMS, encryption_of, settings_of
from hipaa_stack.rules.aws._types import aws

LOG_GROUP: Final = aws("cloudwatch/logGroup")
TRAIL: Final = aws("cloudtrail/trail")
LOCK: Final = aws("s3/bucketObjectLockConfiguration")
_FILTER: Final = aws("cloudwatch/logSubscriptionFilter")
_STREAM: Final = aws("kinesis/firehoseDeliveryStream")
_FUNCTION: Final = aws("lambda/function")
_REPLICATION: Final = aws("s3/bucketReplicationConfig")

_WRITERS: Final = (
    (TRAIL, "s3BucketName"),
    (aws("ec2/flowLog"), "logDestination"),
    (aws("cfg/deliveryChannel"), "s3BucketName"),
)
"""What writes audit logs to buckets, with the property that names the bucket."""

_TAKER: Final = "destinationArn"
"""What a subscription hands events over to."""

_TARGET: Final = "extendedS3Configuration.bucketArn"
"""The bucket that a delivery stream writes to."""

_STREAM_KEY: Final = "extendedS3Configuration.kmsKeyArn"
"""The key that it writes under."""

_INLINE_REPLICATION: Final = ("replicationConfiguration", "replicationConfigurations")
"""Replication as a property of a bucket."""

_EKS_AUDIT: Final = re.compile(r"/aws/eks/[^/]+/cluster")
"""Where EKS writes the audit log of a cluster (EKS user guide, control plane logs)."""

_KIND: Final = "hipaa-stack/log-kind"
"""Tag that says of a log group (`audit`) or a bucket (`audit-archive`) that audit logs are in it, whatever writes them."""

_ARCHIVE_YEARS: Final = 6

# What holds audit logs ------------------------------------------------------------------------------------------


def is_audit_log(group: Node, stack: Stack) -> bool:
    """True for the log group of an EKS cluster, that of a trail, and one that a tag calls an audit log."""
    return any_of(
        lambda: _EKS_AUDIT.fullmatch(group.string("name") or "") is not None,
        lambda: _kind(group) == "audit",
        lambda: any(stack.linked(group.resource, TRAIL, via="cloudWatchLogsGroupArn")),
        lambda: any(stack.keyed(_address(group), TRAIL, by=_written_group)),
    )


def holds_audit_logs(bucket: Node, stack: Stack) -> bool:
    """True when a trail, a flow log, AWS Config or a subscription of logs writes to a bucket, or a tag says so."""
    resource = bucket.resource
    return any_of(
        lambda: _kind(bucket) == "audit-archive",
        *(lambda type_=type_, via=via: any(stack.linked(resource, type_, via=via)) for type_, via in _WRITERS),
        lambda: some(stack.linked(resource, _STREAM, via=_TARGET), lambda stream: _carries_logs(stream, stack)),
    )


def _carries_logs(stream: Resource, stack: Stack) -> bool:
    return any(stack.linked(stream, _FILTER, via=_TAKER))


def _kind(holder: Node) -> str | None:
    return holder.node("tags").entry(_KIND)


def _address(group: Node) -> str:
    """The ARN of a log group, its name where it has none; "" where the ARN is not known yet, so that links alone decide."""
    arn = plain(group.resource.planned.raw("arn"))
    if isinstance(arn, Unknown):
        return ""
    return arn.removesuffix(":*") if isinstance(arn, str) and arn else group.string("name") or ""


def _written_group(_: Stack, trail: Resource) -> Iterator[Hashable]:
    """The ARN and the name of the log group that a trail names, without the `:*` that CloudTrail asks for."""
    arn = plain(trail.planned.raw("cloudWatchLogsGroupArn"))
    if isinstance(arn, str) and arn:
        whole = arn.removesuffix(":*")
        yield whole
        yield whole.partition(":log-group:")[2] or whole


# How long it is kept --------------------------------------------------------------------------------------------


def keeps(group: Node, days: int) -> bool:
    """True when a log group keeps its events for so many days, or for ever.

    Groups of the class DELIVERY keep them for two days, whatever they ask for (Terraform AWS provider, log groups).
    """
    retention = group.number("retentionInDays")
    return all_of(lambda: not retention or retention >= days, lambda: group.string("logGroupClass") != "DELIVERY")


def keeps_six_years(group: Node, stack: Stack) -> bool:
    """True when the events of a log group are kept for six years: by the group itself, or in a bucket that nobody can empty."""
    return any_of(lambda: keeps(group, AUDIT_RETENTION_DAYS), lambda: _reaches_archive(group.resource, stack))


def _reaches_archive(group: Resource, stack: Stack) -> bool:
    """True when a subscription hands over every event, and what it is handed to ends in an archive."""
    return some(stack.linked(group, _FILTER, via="logGroup"), lambda filter_: _hands_over(filter_, stack))


def _hands_over(filter_: Resource, stack: Stack) -> bool:
    return all_of(
        lambda: not (filter_.planned.string("filterPattern") or "").strip(),
        lambda: not _calls_function(filter_, stack),
        lambda: some(stack.targets(filter_, _STREAM, via=_TAKER), lambda stream: _delivers(stream, stack)),
    )


def _calls_function(filter_: Resource, stack: Stack) -> bool:
    """True when a function is handed the events, which keeps nothing itself."""
    linked = [part.rule_type for urn in filter_.property_dependencies.get(_TAKER, ()) for part in stack.parts(urn, (_FUNCTION, _STREAM))]
    taker = plain(filter_.planned.raw(_TAKER))
    return set(linked) == {_FUNCTION} or (not linked and isinstance(taker, str) and ":lambda:" in taker)


def _delivers(stream: Resource, stack: Stack) -> bool:
    return some(stack.targets(stream, BUCKET, via=_TARGET), lambda bucket: is_archived(bucket.root, stack))


def is_archived(bucket: Node, stack: Stack) -> bool:
    """True when nobody can delete what is written to a bucket for six years: there, or in the bucket that all of it is copied to."""
    return any_of(
        lambda: is_write_once(bucket, stack),
        lambda: some(_copies(bucket, stack), lambda copy: is_write_once(copy.root, stack)),
    )


def _copies(bucket: Node, stack: Stack) -> Iterator[Resource]:
    """The buckets that all objects of a bucket are copied to."""
    rules = chain(each.items("rules") for each in settings_of(bucket, stack, _REPLICATION, *_INLINE_REPLICATION))
    return chain(_destinations(rule, bucket, stack) for rule in rules)


def _destinations(rule: Node, bucket: Node, stack: Stack) -> Iterator[Resource]:
    if _copies_all(rule, bucket, stack):
        yield from chain(referred(each, "bucket", stack, BUCKET) for each in rule.items("destination", "destinations", scalar=True))


def _copies_all(rule: Node, bucket: Node, stack: Stack) -> bool:
    """True for a replication rule that is on and leaves no object out; without being told to, S3 leaves out those under a key of KMS."""
    return all_of(
        lambda: rule.string("status") == "Enabled",
        lambda: not rule.string("prefix"),
        lambda: not some(rule.items("filter", "filters", scalar=True), _leaves_out),
        lambda: any_of(lambda: _copies_encrypted(rule), lambda: not _is_under_kms(bucket, stack)),
    )


def _leaves_out(filter_: Node) -> bool:
    return some(("prefix", "tag", "tags", "and"), filter_.is_set)


def _copies_encrypted(rule: Node) -> bool:
    criteria = rule.items("sourceSelectionCriteria", "sourceSelectionCriterias", scalar=True)
    chosen = chain(each.items("sseKmsEncryptedObjects", scalar=True) for each in criteria)
    return some(chosen, lambda each: any_of(lambda: each.string("status") == "Enabled", lambda: each.boolean("enabled") is True))


def _is_under_kms(bucket: Node, stack: Stack) -> bool:
    """True when objects are encrypted with a key of KMS, by the bucket or by who writes them."""
    resource = bucket.resource
    return any_of(
        lambda: some(encryption_of(bucket, stack), lambda each: each.string("sseAlgorithm") in KMS),
        lambda: some(stack.linked(resource, TRAIL, via="s3BucketName"), lambda trail: trail.planned.is_set("kmsKeyId")),
        lambda: some(stack.linked(resource, _STREAM, via=_TARGET), lambda stream: stream.planned.is_set(_STREAM_KEY)),
    )


# Object Lock ----------------------------------------------------------------------------------------------------


def is_write_once(bucket: Node, stack: Stack) -> bool:
    """True when not even root can delete an object of a bucket before it is six years old."""
    return some(
        retentions(bucket, stack), lambda retention: all_of(lambda: retention.string("mode") == "COMPLIANCE", lambda: lasts(retention))
    )


def lasts(retention: Node) -> bool:
    """True for a retention of six years or more."""
    return any_of(
        lambda: (retention.number("days") or 0) >= AUDIT_RETENTION_DAYS,
        lambda: (retention.number("years") or 0) >= _ARCHIVE_YEARS,
    )


def retentions(bucket: Node, stack: Stack) -> Iterator[Node]:
    """The default retentions that Object Lock gives to new objects of a bucket; none where it is off."""
    locks = settings_of(bucket, stack, LOCK, "objectLockConfiguration")
    rules = chain(each.items("rule", "rules", scalar=True) for each in locks)
    return chain(each.items("defaultRetention", "defaultRetentions", scalar=True) for each in rules)
