"""Only of a provisioner that the rules know can a report say that its volumes are encrypted."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.rules.kubernetes.storage._classes import EBS, EFS, FILESTORE, PERSISTENT_DISK
from hipaa_stack.settings import Settings

_ALWAYS_ENCRYPTED: Final = frozenset({"fsx.csi.aws.com", "s3.csi.aws.com", "gcsfuse.csi.storage.gke.io"})
"""Drivers of services that encrypt everything at rest."""
_KNOWN: Final = EBS | EFS | FILESTORE | PERSISTENT_DISK | _ALWAYS_ENCRYPTED


@rule(
    id="K8S-STOR-008",
    title="Provisioners are ones this pack can prove",
    severity=Severity.MEDIUM,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.312(a)(2)(iv)", "encryption is proved for every kind of volume that the cluster can make"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Use an encrypting CSI driver, or name the provisioner in known_provisioners once its encryption is proved.",
)
def check(storage_class: Node, settings: Settings) -> Iterator[Violation]:
    provisioner = storage_class.string("provisioner")
    if provisioner not in _KNOWN and provisioner not in settings.known_provisioners:
        yield storage_class.fail("provisioner", "the encryption of this provisioner's volumes is not known")
