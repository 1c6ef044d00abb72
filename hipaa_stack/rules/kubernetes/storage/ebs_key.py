"""Volumes under the key that AWS manages can be neither revoked nor audited by a key policy of your own."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import EBS, parameter, skip_others
from hipaa_stack.settings import Profile


@rule(
    id="K8S-STOR-002",
    title="EBS classes use a CMK",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a volume is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Recreate the class with the parameter kmsKeyId.",
)
def check(storage_class: Node) -> Iterator[Violation]:
    skip_others(storage_class, EBS)
    path = parameter(storage_class, "kmsKeyId")
    if not storage_class.is_set(path):
        yield storage_class.fail(path, "no kmsKeyId: volumes use the key aws/ebs")
