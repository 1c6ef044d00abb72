"""The addresses of a control plane."""

from hipaa_stack.resources import Node, all_of


def has_ip_endpoint(cluster: Node) -> bool:
    """True when a control plane has addresses, rather than a DNS name alone; it has unless they are switched off."""
    return cluster.boolean("controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") is not False


def has_public_endpoint(cluster: Node) -> bool:
    """True when one of its addresses is in the internet."""
    return all_of(lambda: has_ip_endpoint(cluster), lambda: cluster.boolean("privateClusterConfig.enablePrivateEndpoint") is not True)
