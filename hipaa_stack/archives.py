"""The archives of audit logs in the state of a stack, and whether one can be locked for good.

Only what a state holds is judged: what an archive keeps its objects by, since when all of it works, what leads to it.
Whether logs really arrive, nobody can see in a state.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hipaa_stack.baseline import LOCK_SOAK_DAYS
from hipaa_stack.resources import Place, Resource, Stack, Undecided

COMPONENT: Final = "hipaa:index:AwsAuditArchive"
"""Type of the component; tests hold that it is that of our archive."""

_BUCKET: Final = "aws:s3/bucket:Bucket"
_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_STREAM: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
_SUBSCRIPTION: Final = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter"
_TRAIL: Final = "aws:cloudtrail/trail:Trail"

_BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_TRAIL_ARN: Final = re.compile(r"arn:[\w-]+:cloudtrail:[\w-]+:\d{12}:trail/[\w.-]+")
"""What can stand in a command: nothing that a shell reads."""


class LockState(StrEnum):
    """What an archive keeps its objects by."""

    COMPLIANCE = "COMPLIANCE"
    """Locked for good."""
    GOVERNANCE = "GOVERNANCE"
    """Not yet locked."""
    UNLOCKED = "unlocked"
    """By nothing."""
    ELSEWHERE = "elsewhere"
    """The archive is another account's, whose owner decides."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive, as a state shows it."""

    name: str
    """Name of the component in the program."""
    state: LockState
    bucket: str = ""
    """Real name of the bucket; "" where the archive is another account's."""
    days: int = 0
    """Days for which it keeps every object."""
    since: dt.date | None = None
    """The day from which the lock and the way into the archive work as they do now; None where the state does not say."""
    groups: tuple[str, ...] = ()
    """Log groups of this state that lead to it."""
    trails: tuple[str, ...] = ()
    """ARNs of the trails of this state that lead to it."""
    obstacles: tuple[str, ...] = ()
    """Why it is not to be locked now, one sentence each; empty for one that can be, or is already."""


def archives(stack: Stack, today: dt.date) -> list[Archive]:
    """The archives of a stack in the order of their names.

    Raises:
        Undecided: when what decides is not known, such as an encrypted value.
    """
    found = [resource for resource in stack.of(COMPONENT) if resource.type == COMPONENT]
    return [_archive(stack, component, today) for component in sorted(found, key=lambda resource: resource.urn)]


def _archive(stack: Stack, component: Resource, today: dt.date) -> Archive:
    parts = list(stack.descendants(component.urn))
    locks = [part for part in parts if part.rule_type == _LOCK]
    buckets = [part for part in parts if part.rule_type == _BUCKET and part.planned.boolean("objectLockEnabled")]
    if not locks:
        if not buckets and any(part.rule_type == _REPLICATION for part in parts):
            return Archive(component.name, LockState.ELSEWHERE)
        without = "nothing keeps its objects: the weakening unlocked_archive is in force, or its deployment did not finish"
        bucket = _known(buckets[0], "bucket", _BUCKET_NAME) if buckets else ""
        return Archive(component.name, LockState.UNLOCKED, bucket, obstacles=(without,))
    lock = locks[0]
    days = lock.planned.number("rule.defaultRetention.days") or 0
    mode = _known(lock, "rule.defaultRetention.mode")
    if mode not in (LockState.COMPLIANCE, LockState.GOVERNANCE):
        raise _undecided(lock, "rule.defaultRetention.mode", "not a mode of S3 Object Lock")
    state = LockState(mode)
    groups, trails = _sources(stack, parts)
    since = _since(parts) if state is LockState.GOVERNANCE else None
    obstacles = tuple(_obstacles(parts, since, today)) if state is LockState.GOVERNANCE else ()
    return Archive(component.name, state, _known(lock, "bucket", _BUCKET_NAME), int(days), since, groups, trails, obstacles)


def _obstacles(parts: list[Resource], since: dt.date | None, today: dt.date) -> Iterator[str]:
    if any(part.rule_type == _BUCKET and part.planned.boolean("forceDestroy") for part in parts):
        yield "it is ephemeral, for synthetic data: an archive that a destroy empties is never locked"
        return
    for type_, what in ((_REPLICATION, "replication into it"), (_STREAM, "delivery stream")):
        if not any(part.rule_type == type_ for part in parts):
            yield f"the state has no {what}: finish the deployment first"
    if since is None:
        yield "the state does not say since when all of it works: parts of it were imported; let a person decide by the dates in AWS"
    elif (worked := (today - since).days) < LOCK_SOAK_DAYS:
        ready = since + dt.timedelta(days=LOCK_SOAK_DAYS)
        yield f"it has worked for {worked} of {LOCK_SOAK_DAYS} days: not before {ready}"


def _since(parts: list[Resource]) -> dt.date | None:
    """The day on which the last of the lock and of the way into the archive was made: before it, deliveries showed nothing."""
    days = [_day(part.created) for part in parts if part.rule_type in (_BUCKET, _LOCK, _REPLICATION, _STREAM)]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _day(created: str) -> dt.date | None:
    try:
        moment = dt.datetime.fromisoformat(created)
    except ValueError:
        return None
    return moment.astimezone(dt.UTC).date() if moment.tzinfo else None


def _sources(stack: Stack, parts: list[Resource]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The log groups whose subscriptions and the trails whose files lead to the archive."""
    streams = {_known(part, "arn") for part in parts if part.rule_type == _STREAM}
    buckets = {_known(part, "bucket") for part in parts if part.rule_type == _BUCKET}
    groups = _leading(stack, _SUBSCRIPTION, "destinationArn", streams, "logGroup")
    return groups, _leading(stack, _TRAIL, "s3BucketName", buckets, "arn", _TRAIL_ARN)


def _leading(stack: Stack, type_: str, via: str, targets: set[str], name: str, pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The names of those whose target is known to be one of these."""
    found = set()
    for resource in stack.of(type_):
        with contextlib.suppress(Undecided):
            if _known(resource, via) in targets:
                found.add(_known(resource, name, pattern))
    return tuple(sorted(found))


def _known(resource: Resource, path: str, pattern: re.Pattern[str] | None = None) -> str:
    """A text that commands and messages can show."""
    value = resource.planned.string(path)
    if value is None or resource.hides(path):
        raise _undecided(resource, path, "missing" if value is None else "a secret")
    if pattern and not pattern.fullmatch(value):
        raise _undecided(resource, path, "not as AWS writes it")
    return value


def _undecided(resource: Resource, path: str, why: str) -> Undecided:
    return Undecided([Place(path, why, resource=resource)])
