"""Applications that speak without TLS are common inside of a cluster; between two nodes their words cross a network that others share."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-018",
    title="Node-to-node traffic is encrypted",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(e)(2)(ii)", "ePHI between nodes is encrypted, whether the application encrypts or not"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Set inTransitEncryptionConfig to IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT; it needs Dataplane V2.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.string("inTransitEncryptionConfig") != "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT":
        yield cluster.fail("inTransitEncryptionConfig", "traffic between nodes is encrypted by no key of the cluster")
