"""Persistent disks are always encrypted; a class that asks for it is rejected by the driver and makes no volume at all."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import PERSISTENT_DISK, parameter, skip_others


@rule(
    id="K8S-STOR-004",
    title="Persistent-disk classes omit the encrypted flag",
    severity=Severity.MEDIUM,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "an encryption setting that a driver does not know gives false assurance"),),
    fix="Remove the parameter encrypted.",
)
def check(storage_class: Node) -> Iterator[Violation]:
    skip_others(storage_class, PERSISTENT_DISK)
    path = parameter(storage_class, "encrypted")
    if storage_class.present(path):
        yield storage_class.fail(path, "the persistent-disk driver knows no such parameter")
