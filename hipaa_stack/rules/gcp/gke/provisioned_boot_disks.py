"""Boot disks hold images, logs and emptyDir volumes of pods; those of nodes that GKE adds on its own are under your key only if the cluster names it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, provisions_nodes
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-030",
    title="Auto-provisioned boot disks use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(a)(2)(iv)", "what pods leave on such disks can be decrypted by your own key alone"),),
    tags=(KEY_CONTROL,),
    fix="Set clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey.",
    each=asked,
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    if not provisions_nodes(cluster):
        raise NotApplicable("node auto-provisioning is off")
    path = "clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey"
    if not own_key(cluster, path, stack):
        yield cluster.fail(path, "boot disks of nodes that GKE adds are under a key of Google")
