"""Through a hostPath volume a pod reads and writes files of its node, among them the volumes and credentials of other pods."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import volumes
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-003",
    title="Pods mount no hostPath volumes",
    severity=Severity.CRITICAL,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a path of the node leads to the volumes of every pod there"),
        Cite("164.308(a)(1)(ii)(B)", "a writable path of the node is a way to take it over"),
    ),
    tags=("pss:baseline", "nsa"),
    fix="Use a CSI volume, such as a PersistentVolumeClaim, instead of hostPath.",
    each=volumes,
)
def check(volume: Node) -> Iterator[Violation]:
    if volume.present("hostPath"):
        yield volume.fail("hostPath", "the volume is a path of the node")
