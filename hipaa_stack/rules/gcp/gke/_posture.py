"""The security posture of GKE: what it looks at in a cluster."""

from typing import Final

from hipaa_stack.resources import Node

MODE: Final = "securityPostureConfig.mode"
VULNERABILITY_MODE: Final = "securityPostureConfig.vulnerabilityMode"


def watches_workloads(cluster: Node) -> bool:
    """Whether weak settings of workloads are told."""
    return cluster.string(MODE) in ("BASIC", "ENTERPRISE")


def scans_images(cluster: Node) -> bool:
    """Whether the scan of running images is not switched off."""
    return cluster.string(VULNERABILITY_MODE) != "VULNERABILITY_DISABLED"
