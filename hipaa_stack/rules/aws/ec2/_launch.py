"""What starts machines: instances, launch templates and launch configurations; and the disks that they come with."""

from collections.abc import Callable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Place, Reason, Undecided, Violation, chain
from hipaa_stack.rules.aws._types import aws

INSTANCE: Final = aws("ec2/instance")
TEMPLATE: Final = aws("ec2/launchTemplate")
CONFIGURATION: Final = aws("ec2/launchConfiguration")


def leaves_to_template(launch: Node) -> None:
    """To be asked where an instance does not say something itself.

    Raises:
        Undecided: when its launch template may say it.
    """
    if launch.is_set("launchTemplate"):
        raise Undecided([Place(launch.path("launchTemplate"), "the launch template decides", Reason.EXTERNAL, launch.resource)])


def each_disk(launch: Node, judge: Callable[[Node], Iterator[Violation]], message: str) -> Iterator[Violation]:
    """The violations of every disk; one more where the disk that the machine starts from is not mentioned.

    What is not mentioned is as the image has it. Only the image knows which of a template's disks is the first.
    """
    return chain((chain(map(judge, _disks(launch))), _unmentioned(launch, message)))


def _disks(launch: Node) -> Iterator[Node]:
    mapped = (each.items("ebs", scalar=True) for each in launch.items("blockDeviceMappings"))  # others are no disks of EBS
    return chain([*(launch.items(path, scalar=True) for path in ("rootBlockDevice", "ebsBlockDevices")), chain(mapped)])


def _unmentioned(launch: Node, message: str) -> Iterator[Violation]:
    first = "blockDeviceMappings" if launch.resource.rule_type == TEMPLATE else "rootBlockDevice"
    mentioned = any(_disks(launch)) if launch.resource.rule_type == TEMPLATE else launch.present(first)
    if not mentioned:
        leaves_to_template(launch)
        yield launch.fail(first, message)
