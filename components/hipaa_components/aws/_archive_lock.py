"""How long and how firmly an archive keeps objects, and the step that locks it.

An archive begins in GOVERNANCE mode: its bucket policy lets nobody bypass the retention, but a mistake can still be
undone by changing the policy. Once delivery has been seen to work, a person locks it: COMPLIANCE mode, in which not
even the root user of the account deletes an object before its time. That cannot be undone, so it takes two things
that no first deployment has: the real name of the bucket, and a deployment that confirms it by that name, in a variable
of its environment or in `confirm_lock_of`.
"""

import os
from collections.abc import Iterator
from enum import StrEnum

import pulumi

from hipaa_components._args import Args, ArgsError
from hipaa_components._component import Component
from hipaa_components._problems import Problem, Rule, check, matches, optional
from hipaa_components._weakening import StandardWeakening
from hipaa_stack.baseline import (
    AUDIT_RETENTION_DAYS,
    CONFIRM_LOCK_VARIABLE,
    EPHEMERAL_LOCK_DAYS,
    LOCK_SOAK_DAYS,
    LONGEST_RETENTION_DAYS,
)


class AwsLockMode(StrEnum):
    """How firmly an archive keeps its objects (S3 user guide, Object Lock retention modes)."""

    GOVERNANCE = "GOVERNANCE"
    """Nobody deletes an object before its time as long as the bucket policy stands."""
    COMPLIANCE = "COMPLIANCE"
    """Nobody deletes an object before its time, not even the root user, and nobody ever shortens the time."""


class AwsLockStatus(StrEnum):
    """What an archive holds its objects by."""

    NOT_YET_LOCKED = "not yet locked"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ELSEWHERE = "decided by the account that owns the archive"


def locked_bucket_rule() -> Rule:
    """Accepts the real name of a bucket, or None."""
    rule = matches(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the real name of the archive bucket, as the output archive_bucket_name says it")
    return optional(rule)


class AwsArchiveLock(Args):
    """How long and how firmly objects are kept."""

    retention_days: int = AUDIT_RETENTION_DAYS
    """Days for which nobody can delete an object: 2192 (six years) to 3653 (ten), or fewer with `short_retention`."""
    short_retention: StandardWeakening | None = None
    """Weakening: objects can be deleted before six years are over."""
    unlocked_archive: StandardWeakening | None = None
    """Weakening: whoever may delete objects in the account can delete those of the archive at any time."""
    lock_mode: AwsLockMode = AwsLockMode.GOVERNANCE
    """COMPLIANCE only in the deployment that locks the archive, with `confirm_lock_of`, and after it, with `locked_bucket`."""
    confirm_lock_of: str | None = None
    """The real name of the archive bucket, in the one deployment that locks it. Never written into a stack file."""
    locked_bucket: str | None = None
    """The real name of the archive bucket, once it is locked."""

    _confirm = check("confirm_lock_of", locked_bucket_rule())
    _locked = check("locked_bucket", locked_bucket_rule())

    def problems(self) -> Iterator[Problem]:
        """The lock is asked for by name, and the time is six years unless a weakening says why not."""
        shortest = 1 if self.short_retention else AUDIT_RETENTION_DAYS
        if not shortest <= self.retention_days <= LONGEST_RETENTION_DAYS:
            yield Problem(
                f"{AUDIT_RETENTION_DAYS} to {LONGEST_RETENTION_DAYS}, or fewer with short_retention",
                "Audit logs are kept for six years: justify a shorter time in short_retention.",
                "retention_days",
                self.retention_days,
            )
        named = self.confirm_lock_of or self.locked_bucket
        compliance = self.lock_mode is AwsLockMode.COMPLIANCE
        if compliance and not named:
            yield Problem(
                "GOVERNANCE, or COMPLIANCE with confirm_lock_of or locked_bucket",
                f"Not even root can delete locked objects: lock an archive by its name once it has worked for {LOCK_SOAK_DAYS} days.",
                "lock_mode",
                self.lock_mode,
            )
        if named and not compliance:
            field = "confirm_lock_of" if self.confirm_lock_of else "locked_bucket"
            yield Problem("absent with GOVERNANCE", "Set lock_mode to COMPLIANCE with it.", field, named)
        if compliance and self.unlocked_archive:
            yield Problem("absent with COMPLIANCE", "An archive is locked or it is not.", "unlocked_archive", self.unlocked_archive)


def days_of(lock: AwsArchiveLock, *, ephemeral: bool) -> int:
    """Days of retention: one where all data are synthetic, so that a destroy leaves no residue the day after."""
    return EPHEMERAL_LOCK_DAYS if ephemeral else lock.retention_days


def status_of(lock: AwsArchiveLock) -> AwsLockStatus:
    """What holds the objects of an archive of this account."""
    return AwsLockStatus.UNLOCKED if lock.unlocked_archive else lock_status(lock.lock_mode)


def lock_status(mode: AwsLockMode) -> AwsLockStatus:
    """What a lock of this mode is."""
    return AwsLockStatus.LOCKED if mode is AwsLockMode.COMPLIANCE else AwsLockStatus.NOT_YET_LOCKED


def asked_lock(component: Component, weakening: str | None) -> str | None:
    """The bucket that the environment of this deployment confirms the lock of; None where a weakening rules a lock out."""
    asked = os.environ.get(CONFIRM_LOCK_VARIABLE) or None
    if asked and weakening:
        pulumi.log.warn(f"{CONFIRM_LOCK_VARIABLE} is {asked}: an archive with {weakening} is not locked by it", component)
        return None
    return asked


def confirmed_mode(
    lock: AwsArchiveLock, component: Component, where: str, bucket: pulumi.Output[str], asked: str | None
) -> pulumi.Output[str]:
    """The mode, once it is certain that the lock is meant for this bucket.

    A new bucket gets a random ending, so nobody can name it before it exists. The Output raises ArgsError for the
    name of another bucket in an argument. What the environment asked for may be another archive of the program: that is told.
    """

    def confirm(real_name: str) -> str:
        for field, given in (("confirm_lock_of", lock.confirm_lock_of), ("locked_bucket", lock.locked_bucket)):
            if given is not None and given != real_name:
                accepted = f"got {given!r}; accepted: {real_name}. The name is another bucket's: copied from another stack?"
                raise ArgsError(where, [(field, accepted)])
        if lock.lock_mode is AwsLockMode.COMPLIANCE or asked is None:
            return lock.lock_mode.value
        if asked == real_name:
            return AwsLockMode.COMPLIANCE.value
        pulumi.log.warn(f"{CONFIRM_LOCK_VARIABLE} is {asked}, not {real_name}: this archive is not locked by it", component)
        return lock.lock_mode.value

    return bucket.apply(confirm)
