"""The files of a trail name everybody who uses the account, and what they do; a key of your own decides who reads that."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import TRAIL
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.settings import Profile


@rule(
    id="AWS-TRAIL-002",
    title="Trails use a CMK",
    severity=Severity.HIGH,
    profile=Profile.RECOMMENDED,
    types=(TRAIL,),
    cites=(
        Cite("164.312(a)(2)(iv)", "who may decrypt the trail is decided by your own key policy"),
        Cite("164.312(b)", "every decryption of the audit trail is recorded itself"),
    ),
    tags=(KEY_CONTROL,),
    fix="Set kmsKeyId to the ARN of a key whose policy admits CloudTrail.",
)
def check(trail: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(trail, "kmsKeyId", stack):
        yield trail.fail("kmsKeyId", "the files are under no key of your own")
