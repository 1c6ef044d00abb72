"""What lies on a volume can be read from a copy of it; a snapshot can be shared with any account of AWS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-EBS-001",
    title="Volumes are encrypted",
    severity=Severity.HIGH,
    types=(aws("ebs/volume"),),
    cites=(Cite("164.312(a)(2)(iv)", "ePHI on volumes is encrypted"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set encrypted to true; an existing volume is copied by way of a snapshot.",
)
def check(volume: Node) -> Iterator[Violation]:
    if not volume.boolean("encrypted"):
        yield volume.fail("encrypted", "the volume is not encrypted")
