"""A whole platform on AWS: keys, logs, network, cluster, add-ons and hardened namespaces, wired together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from hipaa_components._agreements import Agreement, AgreementRecord, missing_agreement, record
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, not_empty, one_of
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import AwsRoleArgs, cluster_name_rule
from hipaa_components.aws._cost_drivers import CostDriver, cost_drivers
from hipaa_components.aws._endpoints import AwsEndpointUser
from hipaa_components.aws._managed_addons import AFTER_NODES, EksAddon, addon_versions_rule
from hipaa_components.aws.audit_logs import AwsAuditLogs, AwsAuditLogsArgs, AwsLogGroup, AwsLogKind, AwsLogSettings
from hipaa_components.aws.eks_addons import EksAddons, EksAddonsArgs
from hipaa_components.aws.eks_cluster import EksCluster, EksClusterArgs, EksClusterSettings
from hipaa_components.aws.encryption_key import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse
from hipaa_components.aws.network import AwsNetwork, AwsNetworkArgs, AwsNetworkSettings
from hipaa_components.aws.threat_detection import AwsThreatDetection, AwsThreatDetectionArgs, AwsThreatDetectionSettings
from hipaa_components.kubernetes import (
    ClusterNetwork,
    EksSystemNetworkPolicies,
    EksSystemNetworkPoliciesArgs,
    KubernetesPlatform,
    NamespaceSettings,
    PlatformWorkloads,
    PlatformWorkloadsArgs,
    StorageOptions,
    StorageSettings,
)
from hipaa_components.kubernetes.encrypted_storage_classes import storage_problems
from hipaa_components.kubernetes.platform_workloads import repeated_namespace
from hipaa_stack.baseline import EPHEMERAL_KEY_DELETION_WINDOW_DAYS, KEY_DELETION_WINDOW_DAYS, DataClassification

KEY_PARTS: Final = {"secrets": AwsKeyUse.EKS_SECRETS, "volumes": AwsKeyUse.EBS, "logs": AwsKeyUse.CLOUDWATCH_LOGS}
"""One key for each kind of data, so that access to one opens no other."""


Keys = Mapping[str, pulumi.Output[str]]


class EksPlatformArgs(AwsRoleArgs):
    """Arguments of EksPlatform: those of its parts, less what it fills in itself."""

    cluster_name: str
    """Name of the cluster, and the beginning of the names of keys and log groups."""
    data_classification: DataClassification = DataClassification.PHI
    """The most sensitive data on the platform: PHI or SYNTHETIC."""
    agreements: Sequence[Agreement] = []
    """Contracts with those who may see patient data; with PHI at least a business associate contract that covers `aws`."""
    cluster: EksClusterSettings
    """The cluster: who administers it, its version and its nodes."""
    network: AwsNetworkSettings = AwsNetworkSettings()
    """The network: addresses, zones, and what may be reached outside of it."""
    logs: AwsLogSettings = AwsLogSettings()
    """How long logs are kept."""
    threat_detection: AwsThreatDetectionSettings = AwsThreatDetectionSettings()
    """The detector of GuardDuty: an account and region has one, so a second platform there names it."""
    addon_versions: Mapping[str, str] = {}
    """Versions of coredns, aws-ebs-csi-driver, eks-node-monitoring-agent and aws-guardduty-agent; EKS chooses at creation where
    one is missing."""
    namespaces: Sequence[NamespaceSettings]
    """The hardened namespaces, at least one."""
    storage: StorageOptions = StorageOptions()
    """The encrypted storage classes."""

    _name = check("cluster_name", cluster_name_rule())
    _addons = check("addon_versions", addon_versions_rule((*AFTER_NODES, EksAddon.DETECTION)))
    _namespaces = check("namespaces", not_empty("A cluster without a hardened namespace has no place for workloads."), repeated_namespace)
    _data = check(
        "data_classification", one_of((DataClassification.PHI, DataClassification.SYNTHETIC), "A platform without data is SYNTHETIC.")
    )

    def problems(self) -> Iterator[Problem]:
        """Patient data is neither ephemeral nor on a platform for synthetic data; networks do not overlap."""
        if ip_network(self.network.cidr).overlaps(ip_network(self.cluster.service_cidr)):
            accepted = f"a network apart from network.cidr {self.network.cidr}"
            yield Problem(accepted, "Pods could not tell services from nodes.", "cluster.service_cidr", self.cluster.service_cidr)
        yield from self._patient_data() if self.data_classification is DataClassification.PHI else self._synthetic_data()
        yield from () if self.detects_threats else self._undetected()
        for found in storage_problems(KubernetesPlatform.EKS, self.storage):
            yield replace(found, field=f"storage.{found.field}")

    def _patient_data(self) -> Iterator[Problem]:
        for field, weakening in (("ephemeral", self.ephemeral), ("storage.ephemeral", self.storage.ephemeral)):
            if weakening is not None:
                yield Problem("absent with PHI", "Patient data is never ephemeral: say SYNTHETIC, or protect it.", field, weakening)
        yield from missing_agreement(self.agreements, "aws")
        fix = "Patient data and synthetic data share no cluster: give synthetic data a platform of its own."
        yield from self._namespaces_of(DataClassification.SYNTHETIC, "PHI or NONE on a platform for PHI", fix)

    def _synthetic_data(self) -> Iterator[Problem]:
        fix = "Set data_classification of the platform to PHI, or that of the namespace to SYNTHETIC."
        yield from self._namespaces_of(DataClassification.PHI, "PHI on a platform for PHI only", fix)

    def _namespaces_of(self, unaccepted: DataClassification, accepted: str, fix: str) -> Iterator[Problem]:
        for index, namespace in enumerate(self.namespaces):
            if namespace.data_classification is unaccepted:
                yield Problem(accepted, fix, f"namespaces[{index}].data_classification", unaccepted)

    def _undetected(self) -> Iterator[Problem]:
        """A weakening and what it takes away are not both given."""
        given = {
            "threat_detection.existing_detector_id": self.threat_detection.existing_detector_id,
            f"addon_versions[{EksAddon.DETECTION}]": self.addon_versions.get(EksAddon.DETECTION),
        }
        for field, value in given.items():
            if value is not None:
                yield Problem("absent with cluster.without_guardduty", "Remove one of them.", field, value)

    @property
    def detects_threats(self) -> bool:
        """Whether GuardDuty watches the cluster."""
        return self.cluster.without_guardduty is None

    @property
    def endpoint_users(self) -> list[AwsEndpointUser]:
        """What runs on the platform's network and calls AWS services."""
        return [AwsEndpointUser.NODES, *([AwsEndpointUser.GUARDDUTY] if self.detects_threats else [])]

    @property
    def log_groups(self) -> list[AwsLogGroup]:
        """The log groups: the key's policy and the groups themselves come from this one list."""
        return [
            AwsLogGroup(name=f"/aws/eks/{self.cluster_name}/cluster", kind=AwsLogKind.EKS_CONTROL_PLANE),
            AwsLogGroup(name=f"/hipaa-stack/{self.cluster_name}/vpc-flow", kind=AwsLogKind.VPC_FLOW),
        ]


class EksPlatform(Component):
    """A private, encrypted, logged EKS cluster with hardened namespaces, from nothing.

    Serves 164.312(a)(1), 164.312(a)(2)(iv), 164.312(b), 164.312(c)(1), 164.312(d), 164.312(e)(1), 164.308(a)(1)(ii)(D) and
    164.308(a)(5)(ii)(B). It only wires its parts together: whatever it does, a program can do with AwsEncryptionKey,
    AwsAuditLogs, AwsNetwork, EksCluster, AwsThreatDetection, EksAddons and PlatformWorkloads themselves.

    The API server is private. What comes into being inside the cluster does so through it, so the program runs in a
    place that reaches it.
    """

    cluster_name: pulumi.Output[str]
    """Name of the cluster."""
    endpoint: pulumi.Output[str]
    """URL of the API server."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig without a token."""
    vpc_id: pulumi.Output[str]
    """The network."""
    key_arns: pulumi.Output[dict[str, str]]
    """ARNs of the keys: `secrets` in etcd, `volumes`, `logs`."""
    log_group_arns: pulumi.Output[dict[str, str]]
    """ARN of each log group by its name."""
    namespaces: pulumi.Output[list[str]]
    """Names of the hardened namespaces, once they are guarded."""
    agreements: pulumi.Output[list[AgreementRecord]]
    """The contracts in force, for the evidence (164.308(b)(1))."""
    cost_drivers: pulumi.Output[list[CostDriver]]
    """The main cost drivers as quantities, with the argument that changes each."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force on the platform and its parts."""

    def __init__(self, name: str, args: EksPlatformArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the platform. Raises ArgsError, and LockOutError before a cluster that nobody could reach."""
        args = EksPlatformArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        keys = {part: self._key(name, args, part, use).key_arn for part, use in KEY_PARTS.items()}
        logs = self._logs(name, args, keys)
        network = self._network(name, args, logs)
        cluster = self._cluster(name, args, network, logs, keys)
        detection = self._threat_detection(name, args)
        workloads = self._inside(name, args, cluster, network, keys, detection)

        self.cluster_name, self.endpoint, self.kubeconfig = cluster.name, cluster.endpoint, cluster.kubeconfig
        self.vpc_id, self.log_group_arns = network.vpc_id, logs.log_group_arns
        self.key_arns = pulumi.Output.all(**keys)
        self.namespaces = workloads.namespaces
        self.cost_drivers = pulumi.Output.from_input(
            cost_drivers(args.cluster, args.network, args.logs, args.log_groups, args.endpoint_users)
        )
        self.agreements = pulumi.Output.from_input([record(agreement) for agreement in args.agreements])
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _key(self, name: str, args: EksPlatformArgs, part: str, use: AwsKeyUse) -> AwsEncryptionKey:
        log_groups = [group.name for group in args.log_groups] if use is AwsKeyUse.CLOUDWATCH_LOGS else []
        window = EPHEMERAL_KEY_DELETION_WINDOW_DAYS if args.ephemeral else KEY_DELETION_WINDOW_DAYS
        return AwsEncryptionKey(
            f"{name}-{part}",
            AwsEncryptionKeyArgs(
                uses=[use],
                alias=f"hipaa-stack/{args.cluster_name}/{part}",
                log_group_names=log_groups,
                deletion_window_days=window,
                tags=args.tags,
                ephemeral=args.ephemeral,
            ),
            self.child(),
        )

    def _logs(self, name: str, args: EksPlatformArgs, keys: Keys) -> AwsAuditLogs:
        wiring = AwsAuditLogsArgs(
            key_arn=keys["logs"], log_groups=args.log_groups, tags=args.tags, ephemeral=args.ephemeral, **args.logs.fields()
        )
        return AwsAuditLogs(f"{name}-logs", wiring, self.child())

    def _network(self, name: str, args: EksPlatformArgs, logs: AwsAuditLogs) -> AwsNetwork:
        wiring = AwsNetworkArgs(
            cluster_name=args.cluster_name,
            flow_log_group_arn=logs.log_group_arns[args.log_groups[1].name],
            components=args.endpoint_users,
            permissions_boundary_arn=args.permissions_boundary_arn,
            tags=args.tags,
            ephemeral=args.ephemeral,
            **args.network.fields(),
        )
        return AwsNetwork(f"{name}-network", wiring, self.child())

    def _cluster(
        self,
        name: str,
        args: EksPlatformArgs,
        network: AwsNetwork,
        logs: AwsAuditLogs,
        keys: Keys,
    ) -> EksCluster:
        wiring = EksClusterArgs(
            cluster_name=args.cluster_name,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            secrets_key_arn=keys["secrets"],
            volume_key_arn=keys["volumes"],
            log_group_arn=logs.log_group_arns[args.log_groups[0].name],
            permissions_boundary_arn=args.permissions_boundary_arn,
            tags=args.tags,
            ephemeral=args.ephemeral,
            **args.cluster.fields(),
        )
        # Nodes join through the network's endpoints and routes: all of it comes first.
        return EksCluster(f"{name}-cluster", wiring, self.child(depends_on=[network]))

    def _threat_detection(self, name: str, args: EksPlatformArgs) -> AwsThreatDetection | None:
        if not args.detects_threats:
            return None
        wiring = AwsThreatDetectionArgs(tags=args.tags, ephemeral=args.ephemeral, **args.threat_detection.fields())
        return AwsThreatDetection(f"{name}-threats", wiring, self.child())

    def _inside(
        self,
        name: str,
        args: EksPlatformArgs,
        cluster: EksCluster,
        network: AwsNetwork,
        keys: Keys,
        detection: AwsThreatDetection | None,
    ) -> PlatformWorkloads:
        """What the cluster holds: first the policies without which add-ons have no network, then add-ons and workloads."""
        # It holds no token; states encrypt it as they should every kubeconfig.
        kubeconfig: pulumi.Output[str] = pulumi.Output.secret(cluster.kubeconfig)
        provider = kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=kubeconfig,
            enable_server_side_apply=True,
            delete_unreachable=args.ephemeral is not None,
            opts=self.child(),
        )
        inside = ClusterNetwork(
            platform=KubernetesPlatform.EKS, api_server_cidrs=[network.vpc_cidr], service_cidr=args.cluster.service_cidr
        )
        policies = EksSystemNetworkPolicies(
            f"{name}-system", EksSystemNetworkPoliciesArgs(network=inside, vpc_cidr=network.vpc_cidr), self.child(providers=[provider])
        )
        addons = EksAddons(
            f"{name}-addons",
            EksAddonsArgs(
                cluster_name=cluster.name,
                cluster_arn=cluster.arn,
                volume_key_arn=keys["volumes"],
                addon_versions=args.addon_versions,
                guardduty_agent=detection is not None,
                permissions_boundary_arn=args.permissions_boundary_arn,
                tags=args.tags,
                ephemeral=args.ephemeral,
            ),
            self.child(depends_on=[cluster, policies, *([detection] if detection else [])]),
        )
        return PlatformWorkloads(
            f"{name}-workloads",
            PlatformWorkloadsArgs(
                namespaces=args.namespaces,
                network=inside,
                storage=StorageSettings(key=keys["volumes"], **args.storage.fields()),
                ephemeral=args.ephemeral,
            ),
            self.child(providers=[provider], depends_on=[addons]),
        )
