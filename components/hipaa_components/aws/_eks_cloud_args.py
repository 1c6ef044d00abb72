"""Arguments of EksCloud: those of its parts, less what it fills in itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import ip_network

import pulumi

from hipaa_components._agreements import Agreement, missing_agreement
from hipaa_components._args import Args
from hipaa_components._problems import Problem, check, each, matches, not_empty, private_network, unique
from hipaa_components.aws._common import key_arn_rule
from hipaa_components.aws._endpoints import AwsEndpointUser
from hipaa_components.aws._fips import unvalidated_nodes
from hipaa_components.aws._log_archive import AwsTrailMode
from hipaa_components.aws._platform_settings import AwsAccessWay, EksPlatformSettings
from hipaa_components.aws.audit_alerts import AwsAlertEndpoint
from hipaa_components.aws.audit_archive import AwsAuditArchiveSettings
from hipaa_components.aws.audit_logs import AwsLogGroup, AwsLogKind, AwsLogSettings
from hipaa_components.aws.break_glass_role import AwsBreakGlassSettings
from hipaa_components.aws.eks_cluster import EksClusterSettings
from hipaa_components.aws.image_mirror import AwsImageMirrorSettings
from hipaa_components.aws.network import AwsNetworkSettings
from hipaa_components.aws.private_access import AwsPrivateAccessSettings
from hipaa_components.aws.threat_detection import AwsThreatDetectionSettings
from hipaa_components.aws.workload_role import AwsWorkloadRoleSettings
from hipaa_stack.baseline import DataClassification


class EksExistingKeys(Args):
    """Keys that the organisation has already; each has the policy that AwsEncryptionKey requires for its uses."""

    secrets: pulumi.Input[str]
    """Full ARN of the key of Kubernetes secrets (use EKS_SECRETS)."""
    volumes: pulumi.Input[str]
    """Full ARN of the key of disks and images (use EBS)."""
    logs: pulumi.Input[str]
    """Full ARN of the key of logs, the archive and alerts (uses CLOUDWATCH_LOGS, S3, SNS, CLOUDTRAIL)."""

    _secrets = check("secrets", key_arn_rule())
    _volumes = check("volumes", key_arn_rule())
    _logs = check("logs", key_arn_rule())


class EksExistingNetwork(Args):
    """A network that the organisation has already. It has the endpoints of AWS services that private nodes need."""

    vpc_id: pulumi.Input[str]
    """The VPC."""
    vpc_cidr: str
    """Network of the VPC, such as 10.64.0.0/16."""
    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets, each in a zone of its own, at least two."""

    _vpc = check("vpc_id", matches(r"vpc-[0-9a-f]+", "the id of a VPC, vpc-…"))
    _cidr = check("vpc_cidr", private_network(16, 28))
    _subnets = check(
        "private_subnet_ids",
        lambda value: None if len(value) > 1 else Problem("at least two subnets", "EKS needs two zones."),
        unique(),
        each(matches(r"subnet-[0-9a-f]+", "the id of a subnet, subnet-…")),
    )


class EksCloudArgs(EksPlatformSettings):
    """Arguments of EksCloud: those of its parts, less what it fills in itself."""

    agreements: Sequence[Agreement] = []
    """Contracts with those who may see patient data; with PHI at least a business associate contract that covers `aws`."""
    fips: bool = False
    """Nodes with FIPS 140-3 cryptography, and the AWS API through its FIPS endpoints (stack configuration
    `aws:useFipsEndpoint`); the output `not_fips` lists what it cannot hold for."""
    cluster: EksClusterSettings
    """The cluster: who administers it, its version and its nodes."""
    network: AwsNetworkSettings = AwsNetworkSettings()
    """The network: addresses, zones, and what may be reached outside of it."""
    existing_network: EksExistingNetwork | None = None
    """A network that exists, in place of `network`."""
    existing_keys: EksExistingKeys | None = None
    """Keys that exist; without them three are made."""
    logs: AwsLogSettings = AwsLogSettings()
    """How long logs are kept where they are searched, and a stream outside that they go to as well."""
    archive: AwsAuditArchiveSettings = AwsAuditArchiveSettings()
    """The archive that every log goes to: how firmly it is locked, and for how long it keeps what."""
    trail: AwsTrailMode = AwsTrailMode.CREATE
    """EXISTING where the account has a trail of all regions, such as that of its organisation."""
    alert_endpoints: Sequence[AwsAlertEndpoint]
    """Whom alerts reach, at least one."""
    access: Sequence[AwsPrivateAccessSettings] = []
    """The ways to the private API server for people and pipelines."""
    image_mirror: AwsImageMirrorSettings | None = None
    """A mirror of public registries: how images come into a network without egress."""
    break_glass: AwsBreakGlassSettings | None = None
    """The role for emergencies; None where the organisation has another emergency access procedure (164.312(a)(2)(ii))."""
    workload_roles: Sequence[AwsWorkloadRoleSettings] = []
    """Roles of service accounts that read secrets of AWS Secrets Manager."""
    threat_detection: AwsThreatDetectionSettings = AwsThreatDetectionSettings()
    """The detector of GuardDuty: an account and region has one, so a second platform there names it."""

    _alerts = check("alert_endpoints", not_empty("An alert that reaches nobody is none (164.308(a)(1)(ii)(D))."))

    def problems(self) -> Iterator[Problem]:
        """The parts agree with each other and with the data."""
        yield from super().problems()
        if self.data_classification is DataClassification.PHI:
            yield from missing_agreement(self.agreements, "aws")
        if (problem := self.ephemeral_patient_data()) is not None:
            yield problem
        yield from self._network_problems()
        yield from (replace(found, field=f"logs.{found.field}") for found in self.logs.kept_too_short(archive_locked=self.archive_locked))
        if self.ephemeral is not None:
            yield from (replace(found, field=f"archive.{found.field}") for found in self.archive.ephemeral_problems())
        yield from () if self.detects_threats else self._undetected()
        yield from unvalidated_nodes(self.cluster.node_groups) if self.fips else ()
        yield from self._repeated()

    def _repeated(self) -> Iterator[Problem]:
        ways = self.access_ways
        for index, way in enumerate(ways):
            if way in ways[:index]:
                yield Problem("each way once", "Name all people or networks in one.", f"access[{index}]", way.value)
        accounts = [(role.namespace, role.service_account) for role in self.workload_roles]
        for index, account in enumerate(accounts):
            if account in accounts[:index]:
                yield Problem(
                    "each service account once", "Name all its secrets in one role.", f"workload_roles[{index}]", "/".join(account)
                )

    def _network_problems(self) -> Iterator[Problem]:
        given = self.existing_network
        if given is not None and self.network != AwsNetworkSettings():
            fix = "A network is made here or it exists."
            yield Problem("absent with existing_network", fix, "network", self.network.model_dump(exclude_defaults=True))
        source = "existing_network.vpc_cidr" if given else "network.cidr"
        if ip_network(self.vpc_cidr).overlaps(ip_network(self.cluster.service_cidr)):
            accepted = f"a network apart from {source} {self.vpc_cidr}"
            yield Problem(accepted, "Pods could not tell services from nodes.", "cluster.service_cidr", self.cluster.service_cidr)
        for index, access in enumerate(self.access):
            if access.client_vpn and ip_network(access.client_vpn.client_cidr).overlaps(ip_network(self.vpc_cidr)):
                where, got = f"access[{index}].client_vpn.client_cidr", access.client_vpn.client_cidr
                yield Problem(f"a network apart from {source} {self.vpc_cidr}", "Clients could not tell the two.", where, got)

    def _undetected(self) -> Iterator[Problem]:
        """A weakening and what it takes away are not both given."""
        if (detector := self.threat_detection.existing_detector_id) is not None:
            accepted = "absent with cluster.without_guardduty"
            yield Problem(accepted, "Remove one of them.", "threat_detection.existing_detector_id", detector)

    @property
    def vpc_cidr(self) -> str:
        """Network of the VPC."""
        return self.existing_network.vpc_cidr if self.existing_network else self.network.cidr

    @property
    def archive_locked(self) -> bool:
        """Whether a locked archive keeps every event for six years."""
        return self.archive.locked_bucket is not None

    @property
    def detects_threats(self) -> bool:
        """Whether GuardDuty watches the cluster."""
        return self.cluster.without_guardduty is None

    @property
    def egress(self) -> bool:
        """Whether anything outside of the network can be reached; of a network that exists nothing is known here."""
        return self.existing_network is not None or self.network.nat_egress is not None

    @property
    def reachable(self) -> bool:
        """Whether any way to the API server is declared."""
        cluster = self.cluster
        return bool(self.access or cluster.public_endpoint or cluster.api_client_cidrs or cluster.api_client_security_group_ids)

    @property
    def access_ways(self) -> list[AwsAccessWay]:
        """The kind of each declared way."""
        return [AwsAccessWay(access.way.upper()) for access in self.access]

    @property
    def endpoint_users(self) -> list[AwsEndpointUser]:
        """What runs on the platform's network and calls AWS services."""
        users = {
            AwsEndpointUser.NODES: True,
            AwsEndpointUser.GUARDDUTY: self.detects_threats,
            AwsEndpointUser.SECRETS: bool(self.workload_roles),
            AwsEndpointUser.SSM: any(access.ssm for access in self.access),
            AwsEndpointUser.RUNNER: any(access.runner for access in self.access),
        }
        return [user for user, uses in users.items() if uses]

    @property
    def audit_log_group(self) -> str:
        """Where EKS writes."""
        return f"/aws/eks/{self.cluster_name}/cluster"

    @property
    def flow_log_group(self) -> str:
        """Where flow logs of the network go, and what its firewall refused."""
        return f"/hipaa-stack/{self.cluster_name}/vpc-flow"

    @property
    def access_log_group(self) -> str:
        """Where connections of the VPN and builds are logged."""
        return f"/hipaa-stack/{self.cluster_name}/access"

    @property
    def delivery_log_group(self) -> str:
        """Where it is told what could not be delivered to the archive."""
        return f"/hipaa-stack/{self.cluster_name}/audit-delivery"

    @property
    def log_groups(self) -> list[AwsLogGroup]:
        """The log groups whose events are archived: the key's policy and the groups themselves come from this one list."""
        kinds = {
            self.audit_log_group: (AwsLogKind.EKS_CONTROL_PLANE, True),
            self.flow_log_group: (AwsLogKind.VPC_FLOW, self.existing_network is None),
            f"/hipaa-stack/{self.cluster_name}/trail": (AwsLogKind.CLOUDTRAIL, self.trail is AwsTrailMode.CREATE),
            self.access_log_group: (AwsLogKind.APPLICATION, bool(self.access)),
        }
        return [AwsLogGroup(name=name, kind=kind) for name, (kind, made) in kinds.items() if made]
