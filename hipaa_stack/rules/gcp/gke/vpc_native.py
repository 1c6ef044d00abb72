"""In a cluster by routes the network does not know the addresses of pods: it can neither check who sends from them nor filter by them."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot


@rule(
    id="GCP-GKE-024",
    title="The cluster is VPC-native",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(Cite("164.312(e)(1)", "the network tells pods apart and drops forged addresses"),),
    tags=("cis-gke",),
    fix="Set networkingMode to VPC_NATIVE, and ipAllocationPolicy in the place of clusterIpv4Cidr; the cluster is made anew.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if any_of(lambda: cluster.string("networkingMode") == "ROUTES", lambda: _by_its_range(cluster)):
        yield cluster.fail("networkingMode", "pods get addresses by routes")


def _by_its_range(cluster: Node) -> bool:
    """A range that is given the older way makes a cluster by routes where nothing else is said; not so in Autopilot."""
    return all_of(
        lambda: not cluster.string("networkingMode"),
        lambda: cluster.is_set("clusterIpv4Cidr"),
        lambda: not cluster.present("ipAllocationPolicy"),
        lambda: not autopilot(cluster),
    )
