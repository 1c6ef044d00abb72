"""The disks of the control plane hold all objects of the cluster; under a key of yours Google cannot start it again once you withdraw the key."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-029",
    title="Control-plane disks use your keys",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt the disks of the control plane is decided by your own key"),),
    tags=(KEY_CONTROL,),
    fix="Make the cluster anew with userManagedKeysConfig.controlPlaneDiskEncryptionKey.",
    each=asked,
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    path = "userManagedKeysConfig.controlPlaneDiskEncryptionKey"
    if not own_key(cluster, path, stack):
        yield cluster.fail(path, "disks of the control plane are under a key of Google")
