"""Google encrypts every disk; only a key of your own can be revoked, and its use audited."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import PERSISTENT_DISK, parameter, skip_others
from hipaa_stack.settings import Profile


@rule(
    id="K8S-STOR-003",
    title="Persistent-disk classes use a CMK",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a disk is decided by your own key"),),
    tags=("cis-gke", KEY_CONTROL),
    fix="Recreate the class with the provisioner pd.csi.storage.gke.io and the parameter disk-encryption-kms-key.",
)
def check(storage_class: Node) -> Iterator[Violation]:
    skip_others(storage_class, PERSISTENT_DISK)
    if storage_class.string("provisioner") == "kubernetes.io/gce-pd":
        yield storage_class.fail("provisioner", "kubernetes.io/gce-pd takes no key")
        return
    path = parameter(storage_class, "disk-encryption-kms-key")
    if not storage_class.is_set(path):
        yield storage_class.fail(path, "no disk-encryption-kms-key: Google manages the key")
