"""Volumes of the older kinds are mounted by the node itself, with names, addresses and credentials that the pod chooses."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import volumes
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_TYPES: Final = (
    "configMap",
    "secret",
    "emptyDir",
    "persistentVolumeClaim",
    "projected",
    "csi",
    "downwardAPI",
    "ephemeral",
    "image",
)
"""Volume types of the restricted level, the frequent ones first (Pod Security Standards v1.36)."""


@rule(
    id="K8S-POD-016",
    title="Only restricted volume types are used",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "storage is reached through claims and drivers, which have access rules of their own"),
        Cite("164.308(a)(1)(ii)(B)", "the node mounts nothing that a pod chose freely"),
    ),
    tags=("pss:restricted",),
    fix="Use a volume of type configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret.",
    each=volumes,
)
def check(volume: Node) -> Iterator[Violation]:
    if some(_TYPES, volume.present):
        return
    others = set(volume.keys()) - {"name"}
    if some(others, volume.present):  # without any type, the API server makes it an emptyDir
        yield volume.fail("", "the volume has none of the accepted types")
