"""An exclusion is made to save money on noisy logs; when it takes an audit log with it, nobody misses that before it is needed."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._audit_logs import AUDIT_LOGS, excludes, keeps
from hipaa_stack.rules.gcp._sinks import EXCLUSIONS, SINKS, takes_logs_of


def _exclusions(resource: Node) -> Iterator[Node]:
    """Those of a sink, or an exclusion that is a resource of its own."""
    if resource.resource.rule_type in SINKS:
        yield from resource.items("exclusions")
    else:
        yield resource


@rule(
    id="GCP-LOG-007",
    title="Audit logs are not excluded",
    severity=Severity.MEDIUM,
    types=(*SINKS, *EXCLUSIONS),
    cites=(Cite("164.312(b)", "no record of an action is dropped before anybody can examine it"),),
    fix="Write the filter so that it names the logs that may go, or take all audit logs with another sink.",
    each=_exclusions,
)
def check(exclusion: Node, stack: Stack) -> Iterator[Violation]:
    lost = some(
        AUDIT_LOGS, lambda log: all_of(lambda: excludes(exclusion, log), lambda: not _is_kept_elsewhere(log, exclusion.resource, stack))
    )
    if lost:
        yield exclusion.fail("filter", "drops audit logs that no other sink of the stack takes")


def _is_kept_elsewhere(log: str, excluding: Resource, stack: Stack) -> bool:
    """A sink with this exclusion keeps less than everything, and is no other one."""
    return some(stack.of(*SINKS), lambda sink: all_of(lambda: keeps(sink, log), lambda: takes_logs_of(sink, excluding)))
