"""Disks of Auto Mode nodes hold images, logs and scratch data of pods; a key of your own can be revoked and audited."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.settings import Profile

_KEY: Final = "spec.ephemeralStorage.kmsKeyID"


@rule(
    id="AWS-EKS-023",
    title="Auto Mode node disks use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=("kubernetes:eks.amazonaws.com/v1:NodeClass",),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt the disk of a node is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Set spec.ephemeralStorage.kmsKeyID to the ARN of a key of your own.",
)
def check(node_class: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(node_class, _KEY, stack):
        yield node_class.fail(_KEY, "disks of nodes are under a key of AWS")
