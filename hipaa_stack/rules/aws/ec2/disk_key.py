"""Disks under the key that AWS manages can be neither revoked nor audited by a key policy of your own."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws.ec2._launch import INSTANCE, TEMPLATE, each_disk
from hipaa_stack.settings import Profile


@rule(
    id="AWS-EC2-004",
    title="Instance disks use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(TEMPLATE, INSTANCE),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a disk is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Set kmsKeyId on every disk, the first one included.",
    each=asked,
)
def check(launch: Node, stack: Stack) -> Iterator[Violation]:
    def under_another_key(disk: Node) -> Iterator[Violation]:
        if not own_key(disk, "kmsKeyId", stack):
            yield disk.fail("kmsKeyId", "the disk is under no key of your own")

    yield from each_disk(launch, under_another_key, "no key is named for the first disk")
