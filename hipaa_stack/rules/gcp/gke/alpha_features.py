"""A cluster with alpha features is never upgraded and is deleted after thirty days, with everything in it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER


@rule(
    id="GCP-GKE-023",
    title="Alpha features are off",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.308(a)(1)(ii)(B)", "the cluster gets fixes, and is there tomorrow"),),
    tags=("cis-gke",),
    fix="Set enableKubernetesAlpha to false; the cluster is made anew.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("enableKubernetesAlpha") is True:
        yield cluster.fail("enableKubernetesAlpha", "the cluster gets no upgrades and is deleted after 30 days")
