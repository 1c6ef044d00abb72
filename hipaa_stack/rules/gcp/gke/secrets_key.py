"""Google encrypts the disk under etcd with a key of its own; a key of yours over each Secret can be withdrawn, and every use of it is in your audit log."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp._keys import own_key

_ENCRYPTED: Final = frozenset({"ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"})


@rule(
    id="GCP-GKE-001",
    title="Secrets are encrypted with your key",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(Cite("164.312(a)(2)(iv)", "credentials in etcd are encrypted with a key of your own"),),
    tags=("cis-gke",),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set databaseEncryption with the state ENCRYPTED and keyName, the id of a key of Cloud KMS.",
    each=asked,
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    encryption = cluster.node("databaseEncryption")
    if not all_of(lambda: encryption.string("state") in _ENCRYPTED, lambda: own_key(encryption, "keyName", stack)):
        yield cluster.fail("databaseEncryption", "secrets in etcd are under no key of your own")
