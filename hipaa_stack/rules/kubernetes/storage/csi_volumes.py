"""Volumes of other kinds (hostPath, local, nfs, in-tree plugins) are files of a node or shares without encryption."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import PERSISTENT_VOLUME


@rule(
    id="K8S-STOR-009",
    title="Persistent volumes are CSI volumes",
    severity=Severity.HIGH,
    types=(PERSISTENT_VOLUME,),
    cites=(
        Cite("164.312(a)(2)(iv)", "only CSI drivers encrypt volumes by a class that can be checked"),
        Cite("164.312(a)(1)", "a volume gives no way into the file system of a node"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Use a volume of a CSI driver.",
)
def check(volume: Node) -> Iterator[Violation]:
    if not volume.is_set("spec.csi"):
        yield volume.fail("spec.csi", "not a CSI volume")
