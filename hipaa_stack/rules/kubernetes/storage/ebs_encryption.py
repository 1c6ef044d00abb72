"""A class that does not ask for encryption leaves it to an account setting that nobody sees in the cluster."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import EBS, parameter, skip_others


@rule(
    id="K8S-STOR-001",
    title="EBS classes encrypt volumes",
    severity=Severity.HIGH,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "ePHI on volumes and on their snapshots is encrypted"),),
    tags=("cis-eks",),
    proposed=(Proposed.ENCRYPTION,),
    fix='Recreate the class with the parameter encrypted: "true".',
)
def check(storage_class: Node) -> Iterator[Violation]:
    skip_others(storage_class, EBS)
    path = parameter(storage_class, "encrypted")
    if not storage_class.flag(path):
        yield storage_class.fail(path, "encrypted is not true")
