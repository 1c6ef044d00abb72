"""What stands in the way of a delete, and what a delete leaves behind."""

from __future__ import annotations

from collections.abc import Mapping

from .accounts import Accounts
from .identity import outlives_deletion
from .schema import Resource
from .wire import Properties, unwrap

_PROTECTIONS = ("deletionProtection", "deletionProtectionEnabled", "enableDeletionProtection", "deleteProtection")
_PROTECTED_BY_DEFAULT = frozenset({"gcp:container/cluster:Cluster", "gcp:sql/databaseInstance:DatabaseInstance"})
"""Types whose `deletionProtection` is true when the program says nothing (google provider documentation)."""

_SCHEDULED = frozenset({"aws:secretsmanager/secret:Secret"})
"""Types whose name stays taken during a recovery window, unless that is 0."""

_HOLDERS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "aws:ec2/vpc:Vpc": (
        "vpcId",
        (
            "aws:ec2/subnet:Subnet",
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "aws:ec2/internetGateway:InternetGateway",
        ),
        "DependencyViolation: The vpc '{id}' has dependencies and cannot be deleted.",
    ),
    "aws:eks/cluster:Cluster": (
        "clusterName",
        ("aws:eks/nodeGroup:NodeGroup", "aws:eks/fargateProfile:FargateProfile"),
        "ResourceInUseException: Cluster has nodegroups attached",
    ),
    "aws:iam/policy:Policy": (
        "policyArn",
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment",),
        "DeleteConflict: Cannot delete a policy attached to entities.",
    ),
    "aws:iam/role:Role": (
        "role",
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/instanceProfile:InstanceProfile"),
        "DeleteConflict: Cannot delete entity, must detach all policies first.",
    ),
    "gcp:compute/network:Network": (
        "network",
        ("gcp:compute/subnetwork:Subnetwork", "gcp:compute/firewall:Firewall"),
        "googleapi: Error 400: The network resource '{id}' is already being used, resourceInUseByAnotherResource",
    ),
}
"""Type -> the input by which others refer to it, those types, and the cloud's refusal."""


def refusal(accounts: Accounts, resource: Resource, id_: str, outputs: Properties) -> str:
    """Why the cloud would not delete the object; empty when it would."""
    plain = {name: unwrap(value) for name, value in outputs.items()}
    protected = any(plain.get(name) in {True, "true"} for name in _PROTECTIONS if isinstance(plain.get(name), bool | str))
    if protected or (resource.token in _PROTECTED_BY_DEFAULT and plain.get("deletionProtection") is None):
        return "deletion protection is enabled: turn it off and update before the object can be deleted"
    if resource.token.startswith("gcp:") and plain.get("deletionPolicy") == "PREVENT":
        return "deletion_policy is PREVENT: change it and update before the object can be deleted"
    holder = _HOLDERS.get(resource.token)
    if holder:
        property_, types, error = holder
        if accounts.referring(types, property_, id_):
            return error.replace("{id}", id_)
    return ""


def remains(resource: Resource, outputs: Properties) -> bool:
    """Whether the object (or its name) stays in the account after the delete, so that it cannot be created again."""
    plain = {name: unwrap(outputs.get(name)) for name in ("skipDestroy", "deletionPolicy", "recoveryWindowInDays")}
    if plain["skipDestroy"] in {True, "true"} or (plain["deletionPolicy"] == "ABANDON" and resource.token.startswith("gcp:")):
        return True
    scheduled = resource.token in _SCHEDULED and plain["recoveryWindowInDays"] not in {0, "0"}
    return scheduled or outlives_deletion(resource)
