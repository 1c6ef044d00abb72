"""Volumes under the key that AWS manages can be neither revoked nor audited by a key policy of your own."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile


@rule(
    id="AWS-EBS-002",
    title="Volumes use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("ebs/volume"),),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a volume is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Set kmsKeyId to the ARN of a key of your own.",
    each=asked,
)
def check(volume: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(volume, "kmsKeyId", stack):
        yield volume.fail("kmsKeyId", "the volume is under no key of your own")
