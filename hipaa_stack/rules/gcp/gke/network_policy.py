"""A NetworkPolicy is a wish until something enforces it: on a cluster without Dataplane V2 or Calico every pod still reaches every other."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, any_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER, autopilot


@rule(
    id="GCP-GKE-007",
    title="GKE enforces network policy",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.312(a)(1)", "policies between workloads take effect"),
        Cite("164.312(e)(1)", "pods that handle ePHI are kept apart on the network"),
    ),
    tags=("cis-gke",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Set datapathProvider to ADVANCED_DATAPATH; a cluster that stands switches on networkPolicy and the add-on networkPolicyConfig instead.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if not any_of(
        lambda: cluster.string("datapathProvider") == "ADVANCED_DATAPATH",
        lambda: _calico(cluster),
        lambda: autopilot(cluster),
    ):
        yield cluster.fail("datapathProvider", "nothing enforces network policies")


def _calico(cluster: Node) -> bool:
    """On in the control plane and on the nodes; the add-on is off unless a program says otherwise."""
    return all_of(
        lambda: cluster.boolean("networkPolicy.enabled") is True,
        lambda: cluster.boolean("addonsConfig.networkPolicyConfig.disabled") is False,
    )
