"""Google encrypts every Filestore instance; only a key of your own can be revoked, and its use audited."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import FILESTORE, parameter, skip_others
from hipaa_stack.settings import Profile


@rule(
    id="K8S-STOR-005",
    title="Filestore classes use a CMK",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a file share is decided by your own key"),),
    tags=(KEY_CONTROL,),
    fix="Recreate the class with the parameter instance-encryption-kms-key.",
)
def check(storage_class: Node) -> Iterator[Violation]:
    skip_others(storage_class, FILESTORE)
    path = parameter(storage_class, "instance-encryption-kms-key")
    if not storage_class.is_set(path):
        yield storage_class.fail(path, "no instance-encryption-kms-key: Google manages the key")
