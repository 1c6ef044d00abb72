"""Audit logs of AWS: which log groups and buckets hold them, and where they are kept for six years."""

import re
from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.baseline import AUDIT_RETENTION_DAYS
from hipaa_stack.resources import Node, Resource, Stack, Unknown, all_of, any_of, chain, plain, some
from hipaa_stack.rules._origins import referred
from hipaa_stack.rules.aws._types import aws

BUCKET: Final = aws("s3/bucket")
LOG_GROUP: Final = aws("cloudwatch/logGroup")
TRAIL: Final = aws("cloudtrail/trail")
LOCK: Final = aws("s3/bucketObjectLockConfiguration")
_FILTER: Final = aws("cloudwatch/logSubscriptionFilter")
_STREAM: Final = aws("kinesis/firehoseDeliveryStream")
_REPLICATION: Final = aws("s3/bucketReplicationConfig")

_WRITERS: Final = (
    (TRAIL, "s3BucketName"),
    (aws("ec2/flowLog"), "logDestination"),
    (aws("cfg/deliveryChannel"), "s3BucketName"),
)
"""What writes audit logs to buckets, with the property that names the bucket."""

_TARGET: Final = "extendedS3Configuration.bucketArn"
"""The bucket that a delivery stream writes to."""

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
    return any(stack.linked(stream, _FILTER, via="destinationArn"))


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
        lambda: some(stack.targets(filter_, _STREAM, via="destinationArn"), lambda stream: _delivers(stream, stack)),
    )


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
    own = bucket.items("replicationConfiguration", "replicationConfigurations", scalar=True)
    others = (config.planned for config in stack.linked(bucket.resource, _REPLICATION, via="bucket"))
    rules = chain(config.items("rules") for config in chain([own, others]))
    return chain(_destinations(rule, stack) for rule in rules)


def _destinations(rule: Node, stack: Stack) -> Iterator[Resource]:
    if _copies_all(rule):
        yield from chain(referred(each, "bucket", stack, BUCKET) for each in rule.items("destination", "destinations", scalar=True))


def _copies_all(rule: Node) -> bool:
    """True for a replication rule that is on and leaves no object out."""
    return all_of(
        lambda: rule.string("status") == "Enabled",
        lambda: not rule.string("prefix"),
        lambda: not some(rule.items("filter", "filters", scalar=True), _leaves_out),
    )


def _leaves_out(filter_: Node) -> bool:
    return any(filter_.is_set(part) for part in ("prefix", "tag", "tags", "and"))


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
    own = bucket.items("objectLockConfiguration", scalar=True)
    others = (lock.planned for lock in stack.linked(bucket.resource, LOCK, via="bucket"))
    rules = chain(lock.items("rule", "rules", scalar=True) for lock in chain([own, others]))
    return chain(each.items("defaultRetention", "defaultRetentions", scalar=True) for each in rules)
