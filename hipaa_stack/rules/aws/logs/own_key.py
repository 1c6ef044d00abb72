"""Logs tell who did what with ePHI, and often hold some; a key of your own decides who can read them, and is on record for it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import LOG_GROUP
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.settings import Profile


@rule(
    id="AWS-LOGS-001",
    title="Log groups use a CMK",
    severity=Severity.HIGH,
    profile=Profile.RECOMMENDED,
    types=(LOG_GROUP,),
    cites=(
        Cite("164.312(a)(2)(iv)", "who may decrypt logs is decided by your own key policy"),
        Cite("164.312(b)", "every decryption of the audit trail is recorded itself"),
    ),
    tags=(KEY_CONTROL,),
    fix="Set kmsKeyId to the ARN of a key whose policy admits CloudWatch Logs.",
)
def check(group: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(group, "kmsKeyId", stack):
        yield group.fail("kmsKeyId", "the events are under a key of AWS alone")
