"""Whoever breaks in deletes the traces first; a locked bucket keeps them from everybody, the owner of the project included."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._audit_logs import holds_audit_logs, is_locked, lasts, locked_six_years
from hipaa_stack.rules.gcp._sinks import BUCKET


@rule(
    id="GCP-LOG-002",
    title="The audit bucket is locked six years",
    severity=Severity.HIGH,
    types=(BUCKET,),
    cites=(
        Cite("164.316(b)(2)(i)", "records of actions are there for six years"),
        Cite("164.312(c)(1)", "nobody can delete or overwrite an audit log"),
        Cite("164.312(c)(2)", "a log that cannot be changed is as it was written"),
    ),
    fix="Set retentionPolicy.retentionPeriod to 189388800 and isLocked to true; a lock can never be taken away again.",
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if locked_six_years(bucket):
        return
    if not holds_audit_logs(bucket.resource, stack):
        raise NotApplicable("no audit logs are sent here")
    yield from chain([_unlocked(bucket), _short(bucket)])


def _unlocked(bucket: Node) -> Iterator[Violation]:
    if not is_locked(bucket):
        yield bucket.fail("retentionPolicy.isLocked", "audit logs can be deleted by whoever may change the bucket")


def _short(bucket: Node) -> Iterator[Violation]:
    if not lasts(bucket):
        yield bucket.fail("retentionPolicy.retentionPeriod", "audit logs may be deleted within six years")
