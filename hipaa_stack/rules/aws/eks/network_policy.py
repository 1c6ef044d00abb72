"""Network policies that nothing enforces are accepted by the API server and protect nobody."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._addons import enforces_network_policies
from hipaa_stack.rules.kubernetes._charts import CHARTS, installs
from hipaa_stack.rules.kubernetes._types import CONFIG_MAP

_ENGINES: Final = frozenset({"calico", "cilium", "tigera-operator"})
"""Charts of Cilium and Calico."""

_CONFIG_MAP: Final = ("kube-system", "amazon-vpc-cni")
_SWITCH: Final = "enable-network-policy-controller"


@rule(
    id="AWS-EKS-013",
    title="Network policy is enforced",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(a)(1)", "only pods that may reach ePHI do"),
        Cite("164.312(e)(1)", "traffic between pods is limited"),
    ),
    tags=("cis-eks",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix='Set enableNetworkPolicy to "true" in configurationValues of vpc-cni; with Auto Mode, enable-network-policy-controller in the ConfigMap '
    "kube-system/amazon-vpc-cni.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    root = cluster.resource.root
    if not any_of(
        lambda: installs(stack, _ENGINES),
        lambda: all_of(lambda: root.boolean("computeConfig.enabled") is True, lambda: _is_switched_on(stack)),
        lambda: all_of(lambda: root.boolean("computeConfig.enabled") is not True, lambda: _by_plugin(cluster.resource, stack)),
    ):
        yield cluster.fail("name", "nothing in the stack enforces network policies in this cluster")


def _is_switched_on(stack: Stack) -> bool:
    """Nodes of Auto Mode have the agent; the ConfigMap switches its controller on (EKS user guide, network policies with Auto Mode)."""
    return some(stack.keyed(_CONFIG_MAP, CONFIG_MAP, by=_places), lambda found: found.root.string(f"data.{_SWITCH}") == "true")


def _by_plugin(cluster: Resource, stack: Stack) -> bool:
    """The network plugin of AWS is an add-on of the cluster, or a chart."""
    addons = stack.linked(cluster, aws("eks/addon"), via="clusterName")
    return any_of(
        lambda: some(addons, lambda addon: enforces_network_policies(addon.root)),
        lambda: some(stack.of(*CHARTS), lambda chart: _enforces(chart.root)),
    )


def _enforces(chart: Node) -> bool:
    return all_of(
        lambda: (chart.string("chart") or "").rpartition("/")[2].partition(":")[0] == "aws-vpc-cni",
        lambda: chart.flag("values.enableNetworkPolicy") is True,
    )


def _places(stack: Stack, config_map: Resource) -> Iterator[Hashable]:
    yield stack.namespace_of(config_map), config_map.root.string("metadata.name") or config_map.name
