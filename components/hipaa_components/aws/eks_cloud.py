"""The cloud layer of a platform on EKS: keys, logs and their archive, network, ways in, images, cluster and roles."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from hipaa_components._agreements import AgreementRecord, record
from hipaa_components._component import Component
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._common import tags_of
from hipaa_components.aws._cost_drivers import CostDriver, cost_drivers
from hipaa_components.aws._eks_cloud_args import EksCloudArgs
from hipaa_components.aws._fips import not_fips, refuse_other_endpoints
from hipaa_components.aws._log_archive import AwsLogArchive
from hipaa_components.aws._platform_settings import EksCloudFacts
from hipaa_components.aws.audit_alerts import AwsAuditAlerts, AwsAuditAlertsArgs, AwsWatchedArchive
from hipaa_components.aws.audit_archive import AwsAuditArchive, AwsAuditArchiveArgs
from hipaa_components.aws.audit_logs import AwsAuditLogs, AwsAuditLogsArgs
from hipaa_components.aws.break_glass_role import AwsBreakGlassRole, AwsBreakGlassRoleArgs
from hipaa_components.aws.eks_cluster import EksCluster, EksClusterArgs
from hipaa_components.aws.encryption_key import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse
from hipaa_components.aws.image_mirror import AwsImageMirror, AwsImageMirrorArgs
from hipaa_components.aws.network import AwsNetwork, AwsNetworkArgs
from hipaa_components.aws.private_access import AwsPrivateAccess, AwsPrivateAccessArgs
from hipaa_components.aws.threat_detection import AwsThreatDetection, AwsThreatDetectionArgs
from hipaa_components.aws.workload_role import AwsWorkloadIdentity, AwsWorkloadRole, AwsWorkloadRoleArgs
from hipaa_stack.baseline import EPHEMERAL_KEY_DELETION_WINDOW_DAYS, KEY_DELETION_WINDOW_DAYS

KEY_PARTS: Final = {
    "secrets": (AwsKeyUse.EKS_SECRETS,),
    "volumes": (AwsKeyUse.EBS,),
    "logs": (AwsKeyUse.CLOUDWATCH_LOGS, AwsKeyUse.S3, AwsKeyUse.SNS, AwsKeyUse.CLOUDTRAIL),
}
"""One key for each kind of data, so that access to one opens no other; images and disks of tools share that of volumes."""

Keys = Mapping[str, pulumi.Output[str]]


class _Site:
    """What the network offers to the parts that stand in it."""

    def __init__(self, args: EksCloudArgs, network: AwsNetwork | None) -> None:
        """Takes the network that was made, or else the one that exists."""
        given = args.existing_network
        if given is not None:
            self.vpc_id, self.vpc_cidr = pulumi.Output.from_input(given.vpc_id), pulumi.Output.from_input(given.vpc_cidr)
            self.subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]] = given.private_subnet_ids
            self.subnets: Sequence[pulumi.Input[str]] = given.private_subnet_ids
        else:
            assert network is not None  # made exactly where none exists
            self.vpc_id, self.vpc_cidr, self.subnet_ids = network.vpc_id, network.vpc_cidr, network.private_subnet_ids
            self.subnets = [network.private_subnet_ids[zone] for zone in range(args.network.az_count)]


class EksCloud(Component):
    """Everything of a platform that is made through the AWS API: a private, encrypted, logged EKS cluster from nothing.

    Serves 164.312(a)(1), 164.312(a)(2)(ii), 164.312(a)(2)(iv), 164.312(b), 164.312(c)(1), 164.312(d), 164.312(e)(1),
    164.308(a)(1)(ii)(D), 164.308(a)(5)(ii)(B), 164.308(a)(5)(ii)(C) and 164.316(b)(2)(i). It only wires its parts together: whatever it does, a program can do with the parts themselves.

    It needs no way to the API server of the cluster, which is private, so it can run anywhere. What is inside the cluster
    is the other layer, EksBaseline, which takes the output `platform` and runs where that API server is reached;
    EksPlatform is both.
    """

    platform: pulumi.Output[dict[str, Any]]
    """What the baseline needs to know, as EksCloudFacts: the output to export for a stack of layer BASELINE."""
    cluster_name: pulumi.Output[str]
    """Name of the cluster."""
    endpoint: pulumi.Output[str]
    """URL of the API server."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig without a token, for where the API server is reached directly."""
    vpc_id: pulumi.Output[str]
    """The network."""
    key_arns: pulumi.Output[dict[str, str]]
    """ARNs of the keys: `secrets` in etcd, `volumes`, `logs`."""
    log_group_arns: pulumi.Output[dict[str, str]]
    """ARN of each log group by its name."""
    archive_bucket_name: pulumi.Output[str]
    """Real name of the archive bucket: what the step that locks it confirms."""
    lock_status: pulumi.Output[str]
    """What the archive holds its objects by."""
    topic_arn: pulumi.Output[str]
    """ARN of the topic that alerts go to."""
    access_instructions: pulumi.Output[list[str]]
    """How people and pipelines reach the API server, for each declared way."""
    access_role_arns: pulumi.Output[list[str]]
    """For each declared way, the role of its operators or builds; empty where there is none."""
    seed_commands: pulumi.Output[list[str]]
    """Commands that bring the images of `image_mirror` into it, run between this layer and the baseline."""
    break_glass_role_arn: pulumi.Output[str]
    """ARN of the role for emergencies; empty without `break_glass`."""
    workload_role_arns: pulumi.Output[dict[str, str]]
    """ARN of the role of each service account, by `<namespace>/<service account>`."""
    agreements: pulumi.Output[list[AgreementRecord]]
    """The contracts in force, for the evidence (164.308(b)(1))."""
    not_fips: pulumi.Output[list[str]]
    """With `fips`, what validated cryptography does not cover; empty without it."""
    cost_drivers: pulumi.Output[list[CostDriver]]
    """The main cost drivers as quantities, with the argument that changes each."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force on the layer and its parts."""

    def __init__(self, name: str, args: EksCloudArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the layer. Raises ArgsError, and LockOutError before a cluster that nobody could reach."""
        args = EksCloudArgs.of(args, self.where(name))
        if args.fips:
            refuse_other_endpoints(self.where(name), opts)
        super().__init__(name, args, opts)
        self._name, self._args = name, args
        self._common = {"tags": args.tags, "ephemeral": args.ephemeral}
        self._with_roles = {**self._common, "permissions_boundary_arn": args.permissions_boundary_arn}
        keys = {part: self._key(part, uses).key_arn for part, uses in KEY_PARTS.items()}
        archive = self._archive(keys)
        logs = self._logs(keys, archive)
        alerts = self._alerts(keys, logs, archive)
        network = None if args.existing_network else self._network(logs)
        site = _Site(args, network)
        access = self._access(keys, logs, alerts, site)
        mirror = self._mirror(keys)
        cluster = self._cluster(keys, logs, site, access, [network] if network else [])
        detection = self._threat_detection(alerts)
        break_glass = self._break_glass(cluster, alerts)
        roles = self._workload_roles(cluster)

        self.facts = self._facts(keys, site, cluster, access, mirror)
        """The output `platform` for the same program: each value on its own, known as soon as it can be."""
        self.inside_needs: list[pulumi.Resource] = [cluster, *([detection] if detection else [])]
        """What exists before anything inside the cluster does."""
        self.platform = self.facts.as_output()
        self.cluster_name, self.endpoint, self.kubeconfig = cluster.name, cluster.endpoint, cluster.kubeconfig
        self.vpc_id, self.log_group_arns, self.key_arns = site.vpc_id, logs.log_group_arns, pulumi.Output.all(**keys)
        self.archive_bucket_name, self.lock_status, self.topic_arn = archive.archive_bucket_name, archive.lock_status, alerts.topic_arn
        self.access_instructions = pulumi.Output.all(*(way.instructions for way in access))
        self.access_role_arns = pulumi.Output.all(*(way.role_arn for way in access))
        self.seed_commands = mirror.seed_commands if mirror else pulumi.Output.from_input([])
        self.break_glass_role_arn = break_glass.role_arn if break_glass else pulumi.Output.from_input("")
        self.workload_role_arns = pulumi.Output.all(**{account: role.role_arn for account, role in roles.items()}).apply(dict)
        self.agreements = pulumi.Output.from_input([record(agreement) for agreement in args.agreements])
        self.not_fips = pulumi.Output.from_input(self.facts.region).apply(lambda region: not_fips(region) if args.fips else [])
        self.cost_drivers = pulumi.Output.from_input(cost_drivers(args))
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _key(self, part: str, uses: Sequence[AwsKeyUse]) -> AwsEncryptionKey:
        args = self._args
        groups = [*(group.name for group in args.log_groups), args.delivery_log_group]
        wiring = AwsEncryptionKeyArgs(
            uses=uses,
            alias=f"hipaa-stack/{args.cluster_name}/{part}",
            log_group_names=groups if AwsKeyUse.CLOUDWATCH_LOGS in uses else [],
            deletion_window_days=EPHEMERAL_KEY_DELETION_WINDOW_DAYS if args.ephemeral else KEY_DELETION_WINDOW_DAYS,
            existing_key_arn=getattr(args.existing_keys, part) if args.existing_keys else None,
            **self._common,
        )
        return AwsEncryptionKey(f"{self._name}-{part}", wiring, self.child())

    def _archive(self, keys: Keys) -> AwsAuditArchive:
        wiring = AwsAuditArchiveArgs(
            key_arn=keys["logs"],
            delivery_log_group=self._args.delivery_log_group,
            adopt_log_groups=self._args.logs.adopt_log_groups,
            **self._with_roles,
            **self._args.archive.fields(),
        )
        return AwsAuditArchive(f"{self._name}-archive", wiring, self.child())

    def _logs(self, keys: Keys, archive: AwsAuditArchive) -> AwsAuditLogs:
        args = self._args
        place = AwsLogArchive(
            landing_bucket_name=archive.landing_bucket_name,
            stream_arn=archive.stream_arn,
            subscription_role_arn=archive.subscription_role_arn,
            locked_bucket=args.archive.locked_bucket,
            trail=args.trail,
        )
        wiring = AwsAuditLogsArgs(key_arn=keys["logs"], log_groups=args.log_groups, archive=place, **self._with_roles, **args.logs.fields())
        return AwsAuditLogs(f"{self._name}-logs", wiring, self.child())

    def _alerts(self, keys: Keys, logs: AwsAuditLogs, archive: AwsAuditArchive) -> AwsAuditAlerts:
        watched = AwsWatchedArchive(
            stream_name=archive.stream_name,
            landing_bucket_name=archive.landing_bucket_name,
            archive_bucket_name=archive.archive_bucket_name,
        )
        wiring = AwsAuditAlertsArgs(
            key_arn=keys["logs"],
            log_group_arn=logs.log_group_arns[self._args.audit_log_group],
            alert_endpoints=self._args.alert_endpoints,
            archive=watched,
            **self._common,
        )
        return AwsAuditAlerts(f"{self._name}-alerts", wiring, self.child())

    def _network(self, logs: AwsAuditLogs) -> AwsNetwork:
        args = self._args
        wiring = AwsNetworkArgs(
            cluster_name=args.cluster_name,
            flow_log_group_arn=logs.log_group_arns[args.flow_log_group],
            components=args.endpoint_users,
            **self._with_roles,
            **args.network.fields(),
        )
        return AwsNetwork(f"{self._name}-network", wiring, self.child())

    def _access(self, keys: Keys, logs: AwsAuditLogs, alerts: AwsAuditAlerts, site: _Site) -> list[AwsPrivateAccess]:
        ways = []
        for way, settings in zip(self._args.access_ways, self._args.access, strict=True):
            wiring = AwsPrivateAccessArgs(
                cluster_name=self._args.cluster_name,
                vpc_id=site.vpc_id,
                vpc_cidr=site.vpc_cidr,
                subnet_ids=site.subnets,
                key_arn=keys["volumes"],
                log_group_arn=logs.log_group_arns[self._args.access_log_group],
                topic_arn=alerts.topic_arn if settings.ssm or settings.runner else None,
                **self._with_roles,
                **settings.fields(),
            )
            ways.append(AwsPrivateAccess(f"{self._name}-{way.lower().replace('_', '-')}", wiring, self.child()))
        return ways

    def _mirror(self, keys: Keys) -> AwsImageMirror | None:
        if (settings := self._args.image_mirror) is None:
            return None
        wiring = AwsImageMirrorArgs(key_arn=keys["volumes"], **self._with_roles, **settings.fields())
        return AwsImageMirror(f"{self._name}-mirror", wiring, self.child())

    def _cluster(
        self, keys: Keys, logs: AwsAuditLogs, site: _Site, access: Sequence[AwsPrivateAccess], after: Sequence[pulumi.Resource]
    ) -> EksCluster:
        args = self._args
        existing = [settings.existing for settings in args.access if settings.existing]
        groups = [way.client_security_group_ids[0] for way, settings in zip(access, args.access, strict=True) if not settings.existing]
        settings = args.cluster.fields()
        settings["api_client_cidrs"] = [*args.cluster.api_client_cidrs, *(cidr for path in existing for cidr in path.client_cidrs)]
        settings["api_client_security_group_ids"] = [*args.cluster.api_client_security_group_ids, *groups]
        wiring = EksClusterArgs(
            cluster_name=args.cluster_name,
            vpc_id=site.vpc_id,
            subnet_ids=site.subnet_ids,
            secrets_key_arn=keys["secrets"],
            volume_key_arn=keys["volumes"],
            log_group_arn=logs.log_group_arns[args.audit_log_group],
            **self._with_roles,
            **settings,
        )
        # Nodes join through the network's endpoints and routes: all of it comes first.
        return EksCluster(f"{self._name}-cluster", wiring, self.child(depends_on=after))

    def _threat_detection(self, alerts: AwsAuditAlerts) -> AwsThreatDetection | None:
        if not self._args.detects_threats:
            return None
        wiring = AwsThreatDetectionArgs(topic_arn=alerts.topic_arn, **self._common, **self._args.threat_detection.fields())
        return AwsThreatDetection(f"{self._name}-threats", wiring, self.child())

    def _break_glass(self, cluster: EksCluster, alerts: AwsAuditAlerts) -> AwsBreakGlassRole | None:
        if (settings := self._args.break_glass) is None:
            return None
        wiring = AwsBreakGlassRoleArgs(
            cluster_name=self._args.cluster_name,
            cluster_arn=cluster.arn,
            topic_arn=alerts.topic_arn,
            **self._with_roles,
            **settings.fields(),
        )
        return AwsBreakGlassRole(f"{self._name}-break-glass", wiring, self.child(depends_on=[cluster]))

    def _workload_roles(self, cluster: EksCluster) -> dict[str, AwsWorkloadRole]:
        args = self._args
        issuer = None
        if any(role.mode is AwsWorkloadIdentity.IRSA for role in args.workload_roles):
            provider = aws.iam.OpenIdConnectProvider(
                f"{self._name}-issuer",
                url=cluster.oidc_issuer,
                client_id_lists=["sts.amazonaws.com"],
                tags=tags_of(args),
                opts=self.child(),
            )
            issuer = pulumi.Output.all(cluster.oidc_issuer, provider.arn).apply(lambda known: str(known[0]))
        made = {}
        for role in args.workload_roles:
            wiring = AwsWorkloadRoleArgs(
                cluster_name=args.cluster_name,
                cluster_arn=cluster.arn,
                oidc_issuer=issuer if role.mode is AwsWorkloadIdentity.IRSA else None,
                **self._with_roles,
                **role.fields(),
            )
            account = f"{role.namespace}/{role.service_account}"
            made[account] = AwsWorkloadRole(
                f"{self._name}-{role.namespace}-{role.service_account}", wiring, self.child(depends_on=[cluster])
            )
        return made

    def _facts(
        self, keys: Keys, site: _Site, cluster: EksCluster, access: Sequence[AwsPrivateAccess], mirror: AwsImageMirror | None
    ) -> EksCloudFacts:
        paths = [
            {"way": way.value, "proxy_url": path.proxy_url, "local_endpoint": path.local_endpoint, "tls_server_name": path.tls_server_name}
            for way, path in zip(self._args.access_ways, access, strict=True)
        ]
        # The kubeconfig is there once administrators are admitted and nodes are up: only then is the endpoint of use.
        endpoint = pulumi.Output.all(cluster.endpoint, cluster.kubeconfig).apply(lambda known: str(known[0]))
        return EksCloudFacts(
            cluster_name=cluster.name,
            cluster_arn=cluster.arn,
            endpoint=endpoint,
            certificate_authority=cluster.certificate_authority,
            region=aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region,
            vpc_cidr=site.vpc_cidr,
            service_cidr=self._args.cluster.service_cidr,
            volume_key_arn=keys["volumes"],
            guardduty=self._args.detects_threats,
            egress=self._args.egress,
            paths=pulumi.Output.from_input(paths),
            registry_prefixes=mirror.registry_prefixes if mirror else {},
        )
