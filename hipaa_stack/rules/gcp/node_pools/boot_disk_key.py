"""A boot disk holds images, logs and the emptyDir volumes of pods; Google encrypts it, but only a key of your own can be withdrawn."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, NODE_POOL, node_configs
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.settings import Profile


@rule(
    id="GCP-NP-001",
    title="Boot disks use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(NODE_POOL, CLUSTER),
    cites=(Cite("164.312(a)(2)(iv)", "what pods leave on a node can be decrypted by your own key alone"),),
    tags=("cis-gke", KEY_CONTROL),
    fix="Set nodeConfig.bootDiskKmsKey; the pool is made anew.",
    each=node_configs,
)
def check(pool: Node, stack: Stack) -> Iterator[Violation]:
    path = "nodeConfig.bootDiskKmsKey"
    if not own_key(pool, path, stack):
        yield pool.fail(path, "boot disks are under a key of Google")
