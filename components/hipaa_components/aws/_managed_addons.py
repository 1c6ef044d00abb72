"""Add-ons that EKS installs and keeps: their names, versions and settings."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

import pulumi
import pulumi_aws as aws

from hipaa_components._component import Component
from hipaa_components._problems import Problem, Rule, matches


class EksAddon(StrEnum):
    """The add-ons of the baseline, by the names of EKS."""

    POD_IDENTITY = "eks-pod-identity-agent"
    NETWORK = "vpc-cni"
    PROXY = "kube-proxy"
    DNS = "coredns"
    VOLUMES = "aws-ebs-csi-driver"
    MONITORING = "eks-node-monitoring-agent"
    DETECTION = "aws-guardduty-agent"


BEFORE_NODES = (EksAddon.POD_IDENTITY, EksAddon.NETWORK, EksAddon.PROXY)
"""Without these a node never becomes ready: EksCluster installs them."""

AFTER_NODES = (EksAddon.DNS, EksAddon.VOLUMES, EksAddon.MONITORING)
"""These need nodes to run on: EksAddons installs them, and DETECTION where it is asked for."""

_version = matches(r"v\d+\.\d+\.\d+-eksbuild\.\d+", "a version of EKS such as v1.20.4-eksbuild.2")


def addon_versions_rule(addons: Sequence[EksAddon]) -> Rule:
    """Accepts a mapping of these add-ons to versions of theirs."""

    def rule(value: Mapping[str, str]) -> Problem | None:
        for name, version in value.items():
            if name not in addons:
                other = "EksCluster" if name in BEFORE_NODES else "EksAddons"
                fix = f"{name} is an add-on of {other}." if name in list(EksAddon) else ""
                return Problem(", ".join(addons), fix, got=name)
            if problem := _version(version):
                return Problem(problem.accepted, "Leave it out for the default version of EKS.", f"[{name}]", version)
        return None

    return rule


def network_settings(*, strict: bool) -> str:
    """Settings of vpc-cni: network policies are enforced and flows logged.

    Args:
        strict: a pod has no network until a policy allows it; otherwise it starts with all of it.
    """
    return json.dumps(
        {
            # The schema of this add-on takes booleans as strings (aws eks describe-addon-configuration).
            "enableNetworkPolicy": "true",
            "nodeAgent": {"enablePolicyEventLogs": "true", "enableCloudWatchLogs": "true"},
            "env": {"NETWORK_POLICY_ENFORCING_MODE": "strict" if strict else "standard"},
        },
        sort_keys=True,
    )


def managed_addon(
    component: Component,
    name: str,
    addon: EksAddon,
    *,
    cluster_name: pulumi.Input[str],
    versions: Mapping[str, str],
    settings: str | None = None,
    roles: Mapping[str, pulumi.Input[str]] | None = None,
    depends_on: Sequence[pulumi.Resource] = (),
    tags: Mapping[str, str],
) -> "aws.eks.Addon":
    """Registers an add-on.

    Args:
        component: what it belongs to.
        name: of the component.
        addon: which one.
        cluster_name: where.
        versions: by add-on; EKS chooses its default at creation for one that is missing.
        settings: as JSON.
        roles: ARN of the IAM role, by the service account that gets it through Pod Identity.
        depends_on: what must exist before.
        tags: of the add-on.
    """
    identities = [
        aws.eks.AddonPodIdentityAssociationArgs(service_account=account, role_arn=role) for account, role in (roles or {}).items()
    ]
    return aws.eks.Addon(
        f"{name}-{addon}",
        cluster_name=cluster_name,
        addon_name=addon.value,
        addon_version=versions.get(addon),
        configuration_values=settings,
        pod_identity_associations=identities or None,
        # What somebody changed by hand in the cluster gives way to what is declared.
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        tags=tags,
        opts=component.child(depends_on=list(depends_on)),
    )
