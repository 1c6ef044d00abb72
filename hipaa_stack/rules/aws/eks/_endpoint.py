"""Where the API server of a cluster answers (EKS API reference, VpcConfigRequest)."""

from typing import Final

from hipaa_stack.resources import Node

PUBLIC: Final = "vpcConfig.endpointPublicAccess"


def has_public_endpoint(cluster: Node) -> bool:
    """True unless the public endpoint is switched off: EKS makes one by default."""
    return cluster.boolean(PUBLIC) is not False
