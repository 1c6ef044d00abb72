"""Nodes hold images, logs and volumes of pods on their disks, and with them ePHI; a disk outlives the machine as a snapshot."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Place, Reason, Undecided, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import INSTANCE, TEMPLATE, each_disk


@rule(
    id="AWS-EC2-003",
    title="Instance disks are encrypted",
    severity=Severity.HIGH,
    types=(TEMPLATE, INSTANCE),
    cites=(Cite("164.312(a)(2)(iv)", "ePHI on the disks of nodes is encrypted"),),
    tags=("cis-eks",),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set encrypted to true on every disk, the first one included.",
)
def check(launch: Node) -> Iterator[Violation]:
    yield from each_disk(launch, _unencrypted, "the first disk is as the image has it, which may be unencrypted")


def _unencrypted(disk: Node) -> Iterator[Violation]:
    encrypted = disk.flag("encrypted")
    if encrypted is None and disk.resource.rule_type == TEMPLATE and disk.is_set("snapshotId"):
        # EC2 takes no other value beside a snapshot (API reference, LaunchTemplateEbsBlockDeviceRequest).
        raise Undecided([Place(disk.path("snapshotId"), "the disk is encrypted as the snapshot is", Reason.EXTERNAL, disk.resource)])
    if not encrypted:
        yield disk.fail("encrypted", "the disk is not encrypted")
