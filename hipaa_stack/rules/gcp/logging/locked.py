"""The retention of a log bucket protects nothing as long as an intruder with the right role can set it to one day."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._sinks import LOG_BUCKETS
from hipaa_stack.rules.gcp.logging._log_buckets import changeable
from hipaa_stack.settings import Profile


@rule(
    id="GCP-LOG-004",
    title="Log buckets are locked",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=LOG_BUCKETS,
    cites=(Cite("164.312(c)(1)", "nobody can shorten how long logs are kept"),),
    fix="Set locked to true, once retentionDays is right: neither can be changed afterwards.",
)
def check(bucket: Node) -> Iterator[Violation]:
    changeable(bucket)
    if not bucket.boolean("locked"):
        yield bucket.fail("locked", "its retention can be shortened at any time")
