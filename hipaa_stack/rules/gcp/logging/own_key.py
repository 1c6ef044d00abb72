"""Logs of applications hold more of patients than anybody planned; with a key of your own you decide until when they can be read."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.rules.gcp._sinks import LOG_BUCKETS
from hipaa_stack.rules.gcp.logging._log_buckets import changeable
from hipaa_stack.settings import Profile


@rule(
    id="GCP-LOG-005",
    title="Log buckets use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=LOG_BUCKETS,
    cites=(Cite("164.312(a)(2)(iv)", "logs are encrypted with a key of your own"),),
    tags=(KEY_CONTROL,),
    fix="Set cmekSettings.kmsKeyName; it can never be taken away again.",
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    changeable(bucket)
    if not own_key(bucket, "cmekSettings.kmsKeyName", stack):
        yield bucket.fail("cmekSettings.kmsKeyName", "logs are under a key of Google alone")
