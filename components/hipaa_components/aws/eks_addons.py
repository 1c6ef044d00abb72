"""The add-ons of an EKS cluster that need nodes: name resolution, encrypted volumes, node health, detection of threats."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from hipaa_components._component import Component
from hipaa_components._problems import Problem, check
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import Account, AwsRoleArgs, cluster_arn_rule, cluster_name_rule, key_arn_rule, tags_of
from hipaa_components.aws._managed_addons import AFTER_NODES, EksAddon, addon_versions_rule, managed_addon
from hipaa_components.aws._roles import pod_identity_trust, service_role, volume_key_policy


class EksAddonsArgs(AwsRoleArgs):
    """Arguments of EksAddons."""

    cluster_name: pulumi.Input[str]
    """Name of the cluster."""
    cluster_arn: pulumi.Input[str]
    """ARN of the cluster: only its pods may use the role made here."""
    volume_key_arn: pulumi.Input[str]
    """Full ARN of the KMS key of persistent volumes."""
    addon_versions: Mapping[str, str] = {}
    """Versions of coredns, aws-ebs-csi-driver, eks-node-monitoring-agent and, with `guardduty_agent`, aws-guardduty-agent; EKS
    chooses at creation where one is missing."""
    guardduty_agent: bool = False
    """Installs the agent of GuardDuty Runtime Monitoring, where AwsThreatDetection switches that on. The nodes reach the
    endpoint `guardduty-data` (AwsEndpointUser GUARDDUTY). Its pods are privileged: they watch the whole node."""

    _name = check("cluster_name", cluster_name_rule())
    _cluster = check("cluster_arn", cluster_arn_rule())
    _volume_key = check("volume_key_arn", key_arn_rule())
    _addons = check("addon_versions", addon_versions_rule((*AFTER_NODES, EksAddon.DETECTION)))

    def problems(self) -> Iterator[Problem]:
        """A version is one of an add-on that is installed."""
        if EksAddon.DETECTION in self.addon_versions and not self.guardduty_agent:
            accepted = f"no version of {EksAddon.DETECTION} without guardduty_agent"
            yield Problem(accepted, "Set guardduty_agent, or leave it out.", "addon_versions", EksAddon.DETECTION.value)


class EksAddons(Component):
    """The add-ons that run on nodes: CoreDNS, the EBS CSI driver, the node monitoring agent and the agent of GuardDuty.

    Serves 164.312(a)(2)(iv), encrypted volumes, and 164.312(e)(1). They become healthy once the cluster has
    nodes **and** network policies in kube-system admit their traffic: with EksCluster's strict network policies a
    pod has no network before. Let this component depend on both.
    """

    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: EksAddonsArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the add-ons and the role of the EBS CSI driver. Raises ArgsError."""
        args = EksAddonsArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account, tags = Account.of(self), tags_of(args)
        volumes = service_role(
            self,
            f"{name}-ebs-csi-role",
            account.partition,
            trust=pulumi.Output.all(account.id, args.cluster_arn).apply(lambda known: pod_identity_trust(*known)),
            managed=["service-role/AmazonEBSCSIDriverPolicy"],
            policy=pulumi.Output.from_input(args.volume_key_arn).apply(volume_key_policy),
            boundary=args.permissions_boundary_arn,
            tags=tags,
        )
        for addon in (*AFTER_NODES, *([EksAddon.DETECTION] if args.guardduty_agent else [])):
            driver = addon is EksAddon.VOLUMES
            managed_addon(
                self,
                name,
                addon,
                cluster_name=args.cluster_name,
                versions=args.addon_versions,
                roles={"ebs-csi-controller-sa": volumes.role.arn} if driver else None,
                depends_on=volumes.grants if driver else (),
                tags=tags,
            )
        self.weakenings = self.weakening_records()
        self.register_outputs({})
