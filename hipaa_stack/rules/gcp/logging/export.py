"""Google deletes audit logs after 400 days, and those of who read what after 30; an investigation starts later than that."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._audit_logs import AUDIT_LOGS, keeps
from hipaa_stack.rules.gcp._sinks import SINKS, buckets_of, takes_logs_of
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.settings import Settings


@rule(
    id="GCP-LOG-001",
    title="Audit logs are exported",
    severity=Severity.HIGH,
    types=(gcp("container/cluster"),),
    cites=(Cite("164.312(b)", "who did what is recorded where it can be examined for years"),),
    fix="Add a sink of Cloud Logging without a filter for audit logs, with a bucket of the stack as its destination, or set external_trail.",
)
def check(cluster: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    if settings.external_trail:
        raise NotApplicable("external_trail: audit logs are exported outside the stack")
    if not all_of(*(lambda log=log: _is_exported(log, cluster.resource, stack) for log in AUDIT_LOGS)):
        yield cluster.fail("name", "no sink takes all audit logs of its project to a bucket of the stack")


def _is_exported(log: str, cluster: Resource, stack: Stack) -> bool:
    return some(
        stack.of(*SINKS),
        lambda sink: all_of(
            lambda: keeps(sink, log),
            lambda: takes_logs_of(sink, cluster),
            lambda: any(buckets_of(sink, stack)),
        ),
    )
