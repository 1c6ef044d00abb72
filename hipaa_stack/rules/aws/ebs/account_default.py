"""Volumes that nobody declares, such as those of an image or of a driver, are encrypted only if the account does it by default."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, Violation, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_DEFAULT: Final = aws("ebs/encryptionByDefault")
_MAKERS: Final = tuple(
    map(aws, ("ebs/volume", "ec2/instance", "ec2/launchTemplate", "ec2/launchConfiguration", "eks/cluster", "eks/nodeGroup"))
)
"""What makes volumes, or has them made."""


@rule(
    id="AWS-EBS-003",
    title="Account encrypts new volumes",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=("pulumi:pulumi:Stack",),
    cites=(Cite("164.312(a)(2)(iv)", "no new volume is unencrypted by oversight"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Declare an EncryptionByDefault.",
)
def check(root: Node, stack: Stack) -> Iterator[Violation]:
    if not any(stack.of(*_MAKERS)):
        raise NotApplicable("nothing in the stack makes volumes")
    if not some(stack.of(_DEFAULT), _is_on):
        yield root.fail("resources", "nothing encrypts new volumes by default")


def _is_on(default: Resource) -> bool:
    return default.planned.boolean("enabled") is not False
