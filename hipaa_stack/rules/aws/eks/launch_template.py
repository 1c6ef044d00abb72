"""The launch template that EKS makes by itself says nothing of encryption: the disks of nodes, with the images and data of pods, stay plain."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-EKS-016",
    title="Node groups use a launch template",
    severity=Severity.HIGH,
    types=(aws("eks/nodeGroup"),),
    cites=(
        Cite("164.312(a)(2)(iv)", "the disks of nodes can be encrypted"),
        Cite("164.308(a)(1)(ii)(B)", "how nodes are set up is declared and reviewed"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set launchTemplate to a launch template whose disks are encrypted.",
)
def check(group: Node) -> Iterator[Violation]:
    if not group.node("launchTemplate").keys():
        yield group.fail("launchTemplate", "EKS makes a launch template without encryption settings")
