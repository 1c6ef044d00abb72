"""Add-ons of EKS and their settings."""

from collections.abc import Callable
from typing import Final

from hipaa_stack.resources import Node, NotApplicable

VPC_CNI: Final = "vpc-cni"
EBS: Final = "aws-ebs-csi-driver"
EFS: Final = "aws-efs-csi-driver"


def is_one_of(addon: Node, *names: str) -> bool:
    """True for an add-on of one of the names.

    Raises:
        NotApplicable: for any other.
    """
    if addon.string("addonName") not in names:
        raise NotApplicable("another add-on")
    return True


def configured(addon: Node, holds: Callable[[Node], bool]) -> bool:
    """Whether the settings of an add-on, a JSON document, hold something; False where it has none."""
    settings = addon.document("configurationValues")
    return settings is not None and holds(settings)


def enforces_network_policies(addon: Node) -> bool:
    """Whether vpc-cni is set to enforce network policies; its schema takes booleans as strings."""
    return addon.string("addonName") == VPC_CNI and configured(addon, lambda settings: settings.flag("enableNetworkPolicy") is True)
