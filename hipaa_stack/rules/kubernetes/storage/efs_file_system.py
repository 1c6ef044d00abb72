"""A class makes directories in a file system that exists already: whether they are encrypted was decided when that was made."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import EFS, skip_others

_FILE_SYSTEM = "aws:efs/fileSystem:FileSystem"
_ID = "parameters.fileSystemId"


@rule(
    id="K8S-STOR-006",
    title="EFS classes point at an encrypted file system",
    severity=Severity.HIGH,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "ePHI in shared file systems is encrypted"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Point fileSystemId at a file system with encrypted: true, which is set when it is made.",
)
def check(storage_class: Node, stack: Stack) -> Iterator[Violation]:
    skip_others(storage_class, EFS)
    resource = storage_class.resource
    yield from chain(_unencrypted(storage_class, system.planned) for system in stack.targets(resource, _FILE_SYSTEM, via=_ID))
    if not any(True for _ in stack.targets(resource, _FILE_SYSTEM, via=_ID)):
        raise NotApplicable("the class names no file system")


def _unencrypted(storage_class: Node, system: Node) -> Iterator[Violation]:
    if not system.boolean("encrypted"):
        yield storage_class.fail(_ID, f"the file system {system.resource.name} is not encrypted")
