"""`hipaa-stack archive lock STATE`: what has to be so before an archive is locked for good, and every command of that step.

It reads and tells. The lock itself is a deployment that a person starts, with the name of the bucket in its environment.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence

import click

from hipaa_stack.archives import Archive, LockState, archives
from hipaa_stack.baseline import ARCHIVED_LOGS, AUDIT_RETENTION_DAYS, CONFIRM_LOCK_VARIABLE, LOCK_SOAK_DAYS
from hipaa_stack.cli._result import result, say
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.reports import printable
from hipaa_stack.resources import Basis, Undecided
from hipaa_stack.sources import read

_FOLDER = "$(date -u +%Y/%m/%d)"
"""Where the delivery stream puts the events of today."""


@click.group()
def archive() -> None:
    """Steps in the life of an archive of audit logs; none of them changes anything by itself."""


@archive.command()
@click.argument("state", metavar="STATE")
def lock(state: str) -> int:
    """Say whether the archives in STATE, of `pulumi stack export` or - for stdin, can be locked for good, and how.

    It reads the state alone, contacts no cloud and locks nothing. The exit code is 0 when every archive can be locked
    or is locked, 1 when something stands in the way, 2 when there is no archive, 3 when the state could not be read.

    Example: pulumi stack export | hipaa-stack archive lock -
    """
    found = read([state], sys.stdin.buffer)
    if found.basis is Basis.PREVIEW or (found.basis is not Basis.STATE and not found.problems):
        say(f"{state}: not a state; accepted: what `pulumi stack export` writes")
        return ExitCode.UNREADABLE
    for problem in found.problems:
        say(str(problem))
    if found.problems:
        return ExitCode.UNREADABLE
    try:
        known = archives(found.stack, _today())
    except Undecided as undecided:
        for place in undecided.places:
            where = place.resource.name if place.resource else ""
            say(f"{state}: {where}: {place.path}: {place.why}; export the stack that makes the archive, after its last deployment")
        return ExitCode.UNREADABLE
    if not known:
        raise click.UsageError(f"{state}: no archive in it; accepted: the state of the stack that makes an AwsAuditArchive")
    with result() as out:
        out.write("\n".join(printable(line) for line in _lines(known)) + "\n")
    return ExitCode.FINDINGS if any(each.obstacles for each in known) else ExitCode.CLEAN


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _lines(known: Sequence[Archive]) -> Iterator[str]:
    for index, each in enumerate(known):
        if index:
            yield ""
        yield f"archive {each.name}" + (f", bucket {each.bucket}" if each.bucket else "")
        yield from (f"  {line}" for line in _facts(each))
        if each.obstacles:
            yield "  not to be locked now:"
            yield from (f"  - {obstacle}" for obstacle in each.obstacles)
        elif each.state is LockState.GOVERNANCE:
            yield from _step(each)


def _facts(each: Archive) -> Iterator[str]:
    match each.state:
        case LockState.ELSEWHERE:
            yield "its bucket is another account's, whose owner decides when it is locked"
        case LockState.UNLOCKED:
            yield "mode: none"
        case LockState.COMPLIANCE:
            yield f"mode: COMPLIANCE, {each.days:,} days. It is locked, for good."
            yield "The stack file has to say so, or a later deployment goes back for new objects:"
            yield from _committed(each)
        case LockState.GOVERNANCE:
            yield f"mode: GOVERNANCE, {each.days:,} days" + (", less than six years" if each.days < AUDIT_RETENTION_DAYS else "")
            yield f"works since: {each.since or 'not known'}, the day on which the last part of it was made"
            yield f"log groups that lead to it: {', '.join(each.groups) or 'none in this state'}"
            yield f"trails that lead to it: {', '.join(each.trails) or 'none in this state'}"


def _step(each: Archive) -> Iterator[str]:
    yield f"  It has worked for {LOCK_SOAK_DAYS} days and more. A state does not show whether logs arrive, so see for yourself first:"
    yield ""
    yield "# 1. Events and files of today; run it for each log that has to be there, and open one object of each."
    yield f"aws s3 ls --recursive s3://{each.bucket}/{ARCHIVED_LOGS}{_FOLDER}/"
    for trail in each.trails:
        yield f"aws s3 ls --recursive s3://{each.bucket}/AWSLogs/{trail.split(':')[4]}/CloudTrail/ | tail"
    yield f"# 2. An object is kept: GOVERNANCE, until {each.days:,} days after it came. KEY is one of those above."
    yield f'aws s3api get-object-retention --bucket {each.bucket} --key "$KEY"'
    yield "# 3. Nothing failed on the way: console, S3, the landing bucket, Metrics, Replication metrics: no operations failed."
    yield ""
    yield "Then lock it. Nobody can take that back:"
    yield f"- not even root can delete locked objects for {each.days:,} days, and all of them are paid for until then;"
    yield "- nobody can shorten that time, and the bucket cannot be deleted while it holds a locked object."
    yield ""
    yield f"{CONFIRM_LOCK_VARIABLE}={each.bucket} pulumi preview --diff    # one update: mode GOVERNANCE => COMPLIANCE"
    yield f"{CONFIRM_LOCK_VARIABLE}={each.bucket} pulumi up"
    yield ""
    yield "Commit this at once in the arguments of the archive, or the next deployment goes back for new objects:"
    yield from _committed(each)


def _committed(each: Archive) -> Iterator[str]:
    yield "  lock_mode: COMPLIANCE"
    yield f"  locked_bucket: {each.bucket}"
