"""Audit logs of Google Cloud: which sinks keep them, which buckets hold them, and where they are kept for six years."""

from typing import Final

from hipaa_stack.baseline import AUDIT_RETENTION_DAYS
from hipaa_stack.resources import Node, Place, Resource, Stack, Undecided, all_of, any_of, some
from hipaa_stack.rules.gcp._durations import seconds
from hipaa_stack.rules.gcp._log_filters import Share, read
from hipaa_stack.rules.gcp._sinks import BUCKET, SINKS, buckets_of, sinks_to

AUDIT_LOGS: Final = ("cloudaudit.googleapis.com%2factivity", "cloudaudit.googleapis.com%2fdata_access")
"""The logs of who changed something and of who read something, by their names (Cloud Audit Logs documentation)."""

UNCHANGEABLE: Final = "_Required"
"""The log bucket that Google keeps for 400 days, whatever anybody asks for."""

_DAY: Final = 24 * 60 * 60

# Sinks ----------------------------------------------------------------------------------------------------------


def keeps(sink: Resource, log: str) -> bool:
    """True when a sink passes on every entry of an audit log."""
    node = sink.planned
    return all_of(
        lambda: not node.boolean("disabled"),
        lambda: _lets_all_through(node, log),
        lambda: not some(node.items("exclusions"), lambda exclusion: excludes(exclusion, log)),
    )


def _lets_all_through(sink: Node, log: str) -> bool:
    share = read(sink.string("filter") or "", log).share
    if share is Share.UNSURE:
        raise _unclear(sink)
    return share is Share.ALL


def excludes(exclusion: Node, log: str) -> bool:
    """True when an exclusion drops entries of an audit log. One that only names other things is taken to be about those."""
    return all_of(
        lambda: not exclusion.boolean("disabled"),
        lambda: read(exclusion.string("filter") or "", log).touches is True,
    )


def _passes_on(sink: Resource, log: str) -> bool:
    """True when some entries of an audit log go where a sink writes to."""
    node = sink.planned
    return all_of(
        lambda: not node.boolean("disabled"),
        lambda: _lets_some_through(node, log),
        lambda: not some(node.items("exclusions"), lambda exclusion: _drops(exclusion, log)),
    )


def _lets_some_through(sink: Node, log: str) -> bool:
    touches = read(sink.string("filter") or "", log).touches
    if touches is None:
        raise _unclear(sink)
    return touches


def _drops(exclusion: Node, log: str) -> bool:
    """True when an exclusion leaves nothing of an audit log."""
    return all_of(lambda: not exclusion.boolean("disabled"), lambda: read(exclusion.string("filter") or "", log).share is Share.ALL)


def _unclear(sink: Node) -> Undecided:
    return Undecided([Place(sink.path("filter"), "it is not clear whether audit logs fit this filter", resource=sink.resource)])


# Buckets --------------------------------------------------------------------------------------------------------


def holds_audit_logs(bucket: Resource, stack: Stack) -> bool:
    """True for a bucket, of Cloud Storage or of logs, that a sink writes audit logs to; and for the one where Data Access logs land."""
    return any_of(
        lambda: bucket.rule_type != BUCKET and bucket.planned.string("bucketId") == "_Default",
        lambda: some(sinks_to(bucket, stack), lambda sink: some(AUDIT_LOGS, lambda log: _passes_on(sink, log))),
    )


def locked_six_years(bucket: Node) -> bool:
    """True when nobody can delete an object of a bucket of Cloud Storage before it is six years old."""
    return all_of(lambda: is_locked(bucket), lambda: lasts(bucket))


def is_locked(bucket: Node) -> bool:
    """True when the retention of a bucket of Cloud Storage can no longer be shortened."""
    return bucket.boolean("retentionPolicy.isLocked") is True


def lasts(bucket: Node) -> bool:
    """True when a bucket of Cloud Storage retains its objects for six years."""
    return (seconds(bucket, "retentionPolicy.retentionPeriod") or 0) >= AUDIT_RETENTION_DAYS * _DAY


def archived(stack: Stack) -> bool:
    """True when sinks take all audit logs to buckets that nobody can empty for six years."""
    return all_of(*(lambda log=log: some(stack.of(*SINKS), lambda sink: _archives(sink, log, stack)) for log in AUDIT_LOGS))


def _archives(sink: Resource, log: str, stack: Stack) -> bool:
    return all_of(lambda: keeps(sink, log), lambda: some(buckets_of(sink, stack), _is_archive))


def _is_archive(bucket: Resource) -> bool:
    return bucket.rule_type == BUCKET and locked_six_years(bucket.planned)
