"""Clusters of GKE and the node pools that they hold."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, any_of
from hipaa_stack.rules.gcp._types import gcp

CLUSTER: Final = gcp("container/cluster")
NODE_POOL: Final = gcp("container/nodePool")


def autopilot(cluster: Node) -> bool:
    """True when Google configures the nodes of a cluster, and refuses settings that would weaken them."""
    return cluster.boolean("enableAutopilot") is True


def provisions_nodes(cluster: Node) -> bool:
    """True when GKE makes node pools on its own, by the defaults of the cluster; in Autopilot it always does."""
    return any_of(lambda: cluster.boolean("clusterAutoscaling.enabled") is True, lambda: autopilot(cluster))


def pools(resource: Node) -> Iterator[Node]:
    """A node pool, or those that a cluster declares in itself: the inputs of each.

    Raises:
        NotApplicable: when it is a cluster that declares none.
    """
    asked = resource.resource.root
    if resource.resource.rule_type == NODE_POOL:
        yield asked
        return
    _skip_autopilot(asked)
    if not asked.is_set("nodePools"):
        raise NotApplicable("declares no node pool in itself")
    yield from asked.items("nodePools")


def node_configs(resource: Node) -> Iterator[Node]:
    """What has a `nodeConfig`: `pools`, and a cluster itself, whose own is that of its default pool.

    Raises:
        NotApplicable: when it is a cluster whose nodes are all declared elsewhere.
    """
    asked = resource.resource.root
    if resource.resource.rule_type == NODE_POOL:
        yield asked
        return
    _skip_autopilot(asked)
    if asked.is_set("nodePools"):
        yield from asked.items("nodePools")
    elif asked.boolean("removeDefaultNodePool") is True:
        raise NotApplicable("the default pool is removed; its other pools are resources of their own")
    else:
        yield asked


def _skip_autopilot(cluster: Node) -> None:
    if autopilot(cluster):
        raise NotApplicable("Autopilot: Google configures the nodes")
