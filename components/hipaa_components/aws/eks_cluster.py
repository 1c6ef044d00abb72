"""A private EKS cluster with encrypted secrets, complete logs, and access for named roles only."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._names import NAME_ONCE, fit
from hipaa_components._problems import Problem, check, each, is_unknown, matches, narrow_network, not_empty, private_network, unique
from hipaa_components._weakening import MixedWeakening, StandardWeakening, WeakeningRecord
from hipaa_components.aws._common import (
    Account,
    AwsRoleArgs,
    cluster_name_rule,
    key_arn_rule,
    log_group_arn_rule,
    role_arn_rule,
    tags_of,
)
from hipaa_components.aws._eks_access import EksAccessEntry, EksOidc, admit
from hipaa_components.aws._eks_adoption import KEPT, EksAdoption, cluster_role
from hipaa_components.aws._lockout import admitted_caller
from hipaa_components.aws._managed_addons import BEFORE_NODES, EksAddon, addon_versions_rule, managed_addon, network_settings
from hipaa_components.aws._roles import (
    ServiceRole,
    pod_identity_trust,
    policy_log_policy,
    service_role,
    service_trust,
)
from hipaa_components.aws.eks_nodes import EksNodeGroup, node_group
from hipaa_components.aws.kubeconfig import eks_kubeconfig
from hipaa_stack.baseline import EKS_LOG_TYPES, EKS_OLDEST_VERSION, EKS_VERSION, PREFIX

WIDEST_CLIENT_PREFIX = 16
"""Widest network of API clients: the largest VPC that AWS has."""

WIDEST_PUBLIC_PREFIX = 24
"""Widest public network that may reach a public endpoint: what one site has."""

GROUP_NAME_PREFIX_LENGTH = 229
"""Longest name prefix of a security group: 255 characters less the 26 that the AWS provider appends."""


def _supported(value: str) -> Problem | None:
    minor = re.fullmatch(r"1\.(\d{1,3})", value)
    if minor and int(minor[1]) >= int(EKS_OLDEST_VERSION.partition(".")[2]):
        return None
    return Problem(f"{EKS_OLDEST_VERSION} or newer, such as {EKS_VERSION}", "Standard support of older versions has ended.")


def _two_subnets(value: Sequence[object]) -> Problem | None:
    return None if len(value) > 1 else Problem("at least two subnets", "EKS needs two zones.")


def _group_names(value: Sequence[EksNodeGroup]) -> Problem | None:
    return unique("A node group is known by its name.")([group.name for group in value])


class EksSupportType(StrEnum):
    """What happens when the standard support of a version ends (EKS user guide, version life cycle)."""

    STANDARD = "STANDARD"
    """EKS upgrades the cluster."""
    EXTENDED = "EXTENDED"
    """The version stays, at a price per hour."""


class EksPublicEndpoint(StandardWeakening):
    """Weakening: the API server answers on the internet, to named networks only."""

    cidrs: Sequence[str]
    """Networks of /24 or narrower that may reach it."""

    _cidrs = check("cidrs", not_empty(), unique(), each(narrow_network(WIDEST_PUBLIC_PREFIX, "Name the addresses of one site.")))


class EksClusterSettings(Args):
    """What a cluster is, apart from where it stands and which keys and logs it uses."""

    kubernetes_version: str = EKS_VERSION
    """Kubernetes version, such as 1.35. EKS upgrades one minor version at a time; nodes follow."""
    support_type: EksSupportType = EksSupportType.STANDARD
    """What happens when the standard support of the version ends."""
    admin_principal_arns: Sequence[pulumi.Input[str]]
    """ARNs of the roles that administer the cluster."""
    deployer_principals: Sequence[pulumi.Input[str]] = []
    """ARNs of the roles that deploy; administrators under a user name of their own, `hipaa-deployer:…`."""
    caller_not_admin: StandardWeakening | None = None
    """Weakening: the identity that deploys is in neither list and cannot repair the cluster in an emergency."""
    access_entries: Sequence[EksAccessEntry] = []
    """What further roles may do, short of administering the cluster."""
    api_client_cidrs: Sequence[str] = []
    """Networks outside the cluster that may reach the private API server, /16 or narrower."""
    api_client_security_group_ids: Sequence[pulumi.Input[str]] = []
    """Security groups whose members may reach the private API server."""
    public_endpoint: EksPublicEndpoint | None = None
    """Weakening: the API server answers on the internet too."""
    service_cidr: str = "172.20.0.0/16"
    """Network of Kubernetes services, /24 to /12, private, apart from the VPC."""
    node_groups: Sequence[EksNodeGroup] = [EksNodeGroup(name="general")]
    """The managed node groups."""
    oidc: EksOidc | None = None
    """An identity provider for people; None leaves AWS roles as the only way in."""
    addon_versions: Mapping[str, str] = {}
    """Versions of eks-pod-identity-agent, vpc-cni and kube-proxy; EKS chooses at creation where one is missing."""
    standard_network_policy: StandardWeakening | None = None
    """Weakening: a new pod reaches everything until its network policies are in force."""
    without_guardduty: MixedWeakening | None = None
    """Weakening: nothing detects threats in this cluster; EksPlatform makes no detector and installs no agent."""
    adopt: EksAdoption | None = None
    """A cluster that exists, imported into the state before: nothing of it is replaced."""
    deletable: StandardWeakening | None = None
    """Weakening: neither Pulumi nor EKS protects the cluster from deletion. The first step of taking it down."""

    _version = check("kubernetes_version", _supported)
    _admins = check(
        "admin_principal_arns",
        not_empty("A cluster without an administrator locks everybody out."),
        unique(),
        each(role_arn_rule()),
    )
    _deployers = check("deployer_principals", unique(), each(role_arn_rule()))
    _clients = check("api_client_cidrs", unique(), each(narrow_network(WIDEST_CLIENT_PREFIX, "Name the networks that clients are in.")))
    _client_groups = check("api_client_security_group_ids", unique(), each(matches(r"sg-[0-9a-f]+", "the id of a security group, sg-…")))
    _services = check("service_cidr", private_network(12, 24))
    _node_groups = check("node_groups", not_empty(), _group_names)
    _addons = check("addon_versions", addon_versions_rule(BEFORE_NODES))

    def problems(self) -> Iterator[Problem]:
        """A role has one way in."""
        seen: dict[str, str] = {}
        for path, arn in self._principals():
            if not is_unknown(arn) and seen.setdefault(str(arn), path) != path:
                yield Problem("each role in one place", f"It is in {seen[str(arn)]} already.", path, arn)

    def _principals(self) -> Iterator[tuple[str, pulumi.Input[str]]]:
        for field in ("admin_principal_arns", "deployer_principals"):
            yield from ((f"{field}[{index}]", arn) for index, arn in enumerate(getattr(self, field)))
        yield from ((f"access_entries[{index}].principal_arn", entry.principal_arn) for index, entry in enumerate(self.access_entries))


class EksClusterArgs(EksClusterSettings, AwsRoleArgs):
    """Arguments of EksCluster."""

    cluster_name: str
    """Name of the cluster; another name is another cluster."""
    vpc_id: pulumi.Input[str]
    """The VPC of the subnets."""
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Private subnets in at least two zones."""
    secrets_key_arn: pulumi.Input[str]
    """Full ARN of the KMS key for Kubernetes secrets. EKS can never exchange it."""
    volume_key_arn: pulumi.Input[str]
    """Full ARN of the KMS key for the disks of nodes."""
    log_group_arn: pulumi.Input[str]
    """ARN of the log group `/aws/eks/<cluster_name>/cluster`; EKS makes an unencrypted one where it is missing."""

    _name = check("cluster_name", cluster_name_rule())
    _subnets = check("subnet_ids", _two_subnets, unique())
    _secrets_key = check("secrets_key_arn", key_arn_rule())
    _volume_key = check("volume_key_arn", key_arn_rule())
    _log_group = check("log_group_arn", log_group_arn_rule())

    def problems(self) -> Iterator[Problem]:
        """The log group is the cluster's."""
        yield from super().problems()
        expected = f"/aws/eks/{self.cluster_name}/cluster"
        if not is_unknown(self.log_group_arn) and not str(self.log_group_arn).endswith(f":log-group:{expected}"):
            yield Problem(f"the ARN of {expected}", "EKS writes to no other log group.", "log_group_arn", self.log_group_arn)


class EksCluster(Component):
    """A private EKS cluster: secrets encrypted with a key of the account, every control-plane log on, access by role.

    Serves 164.312(a)(1), 164.312(a)(2)(i), 164.312(a)(2)(iv), 164.312(b), 164.312(c)(1), 164.312(d) and
    164.312(e)(1). Nodes have encrypted disks and an instance metadata service that pods cannot reach; network
    policies deny what they do not allow. The identity that deploys must be among the administrators or
    deployers: otherwise nothing is made, and a LockOutError says so.

    Children come into being in this order: roles, the cluster, access entries and the three add-ons that nodes
    need, node groups, the identity provider. To take a cluster down: delete services of type LoadBalancer and
    volumes in it, set `deletable`, `pulumi up`, `pulumi state unprotect`, `pulumi destroy`.
    """

    name: pulumi.Output[str]
    """Name of the cluster."""
    arn: pulumi.Output[str]
    """ARN of the cluster."""
    endpoint: pulumi.Output[str]
    """URL of the API server."""
    certificate_authority: pulumi.Output[str]
    """Certificate authority of the API server, PEM in base64."""
    oidc_issuer: pulumi.Output[str]
    """URL of the issuer of service account tokens."""
    cluster_security_group_id: pulumi.Output[str]
    """Security group that EKS gives to the API server and to the nodes."""
    node_role_arn: pulumi.Output[str]
    """ARN of the role of the nodes."""
    version: pulumi.Output[str]
    """Kubernetes version of the API server."""
    kubeconfig: pulumi.Output[str]
    """Kubeconfig without a token: the AWS CLI makes one for every call. It is there once the administrators are
    admitted and the nodes are up, so what is made with it waits for both; later updates of these leave it known."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: EksClusterArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the cluster and its nodes. Raises ArgsError."""
        args = EksClusterArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        account = Account.of(self)
        tags = tags_of(args)
        cluster = self._cluster(name, args, account, tags)
        access = admit(
            self,
            name,
            cluster,
            account.partition,
            admins=args.admin_principal_arns,
            deployers=args.deployer_principals,
            entries=args.access_entries,
            tags=tags,
        )
        addons = self._addons(name, args, account, cluster, tags)
        node_role = self._node_role(name, args, account, tags)
        nodes = [
            node_group(
                self,
                name,
                group,
                cluster,
                role_arn=node_role.role.arn,
                subnet_ids=args.subnet_ids,
                volume_key_arn=args.volume_key_arn,
                depends_on=[*node_role.grants, *access, *addons],
                tags=tags,
            )
            for group in args.node_groups
        ]
        if args.oidc is not None:
            self._identity_provider(name, args.oidc, cluster, nodes, tags)

        self.name, self.arn, self.endpoint, self.version = cluster.name, cluster.arn, cluster.endpoint, cluster.version
        self.certificate_authority = cluster.certificate_authority.data
        self.oidc_issuer = cluster.identities[0].oidcs[0].issuer
        self.cluster_security_group_id = cluster.vpc_config.cluster_security_group_id
        self.node_role_arn = node_role.role.arn
        facts = pulumi.Output.all(cluster.name, cluster.endpoint, self.certificate_authority, account.region)
        # A URN is known in every preview but arrives only when its resource exists: ids of replaced groups are unknown.
        ready = pulumi.Output.all(*(resource.urn for resource in (*access, *nodes)))
        self.kubeconfig = pulumi.Output.all(facts, ready).apply(lambda known: eks_kubeconfig(*known[0]))
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _cluster(self, name: str, args: EksClusterArgs, account: Account, tags: Mapping[str, str]) -> "aws.eks.Cluster":
        adopt = args.adopt
        role_arn, grants = cluster_role(
            self,
            name,
            adopt,
            account.partition,
            key_arn=args.secrets_key_arn,
            boundary=args.permissions_boundary_arn,
            tags=tags,
        )
        admins = [*args.admin_principal_arns, *args.deployer_principals]
        admitted = [] if args.caller_not_admin else [admitted_caller(self, self.where(name), admins)]
        protected = args.deletable is None
        public = {} if args.public_endpoint is None else {"public_access_cidrs": list(args.public_endpoint.cidrs)}
        return aws.eks.Cluster(
            f"{name}-cluster",
            name=args.cluster_name,
            version=args.kubernetes_version,
            role_arn=role_arn,
            enabled_cluster_log_types=list(EKS_LOG_TYPES),
            access_config=aws.eks.ClusterAccessConfigArgs(
                authentication_mode=adopt.authentication_mode if adopt else "API", bootstrap_cluster_creator_admin_permissions=False
            ),
            encryption_config=aws.eks.ClusterEncryptionConfigArgs(
                provider=aws.eks.ClusterEncryptionConfigProviderArgs(key_arn=args.secrets_key_arn), resources=["secrets"]
            ),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                subnet_ids=args.subnet_ids,
                security_group_ids=[self._client_group(name, args, tags).id, *(adopt.security_group_ids if adopt else [])],
                endpoint_private_access=True,
                endpoint_public_access=args.public_endpoint is not None,
                **public,
            ),
            kubernetes_network_config=aws.eks.ClusterKubernetesNetworkConfigArgs(ip_family="ipv4", service_ipv4_cidr=args.service_cidr),
            bootstrap_self_managed_addons=False,
            deletion_protection=protected and args.ephemeral is None,
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type=args.support_type.value),
            zonal_shift_config=aws.eks.ClusterZonalShiftConfigArgs(enabled=True),
            # The tag makes the cluster wait for its log group: EKS would make one of its own, unencrypted.
            tags={**tags, f"{PREFIX}:audit-log-group": args.log_group_arn},
            opts=self.child(protect=protected, depends_on=[*grants, *admitted], ignore_changes=KEPT if adopt else None),
        )

    def _client_group(self, name: str, args: EksClusterArgs, tags: Mapping[str, str]) -> "aws.ec2.SecurityGroup":
        """The clients reach the API server only; the group that EKS makes would let them reach the nodes too."""
        group = aws.ec2.SecurityGroup(
            f"{name}-api",
            name_prefix=f"{fit(f'{name}-api', GROUP_NAME_PREFIX_LENGTH - 1)}-",
            description=f"Clients of the Kubernetes API of {args.cluster_name}",
            vpc_id=args.vpc_id,
            tags=tags,
            opts=self.child(ignore_changes=NAME_ONCE),
        )
        sources: dict[str, dict[str, pulumi.Input[str]]] = {cidr: {"cidr_ipv4": cidr} for cidr in args.api_client_cidrs}
        for index, client in enumerate(args.api_client_security_group_ids):
            sources[f"group-{index}" if is_unknown(client) else str(client)] = {"referenced_security_group_id": client}
        for key, source in sources.items():
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-api-{key}",
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                tags=tags,
                opts=self.child(),
                **source,
            )
        return group

    def _addons(
        self, name: str, args: EksClusterArgs, account: Account, cluster: "aws.eks.Cluster", tags: Mapping[str, str]
    ) -> "list[aws.eks.Addon]":
        role = service_role(
            self,
            f"{name}-cni-role",
            account.partition,
            trust=pulumi.Output.all(account.id, cluster.arn).apply(lambda known: pod_identity_trust(*known)),
            managed=["AmazonEKS_CNI_Policy"],
            policy=pulumi.Output.from_input(args.log_group_arn).apply(policy_log_policy),
            boundary=args.permissions_boundary_arn,
            tags=tags,
        )
        common = {"cluster_name": cluster.name, "versions": args.addon_versions, "tags": tags}
        agent = managed_addon(self, name, EksAddon.POD_IDENTITY, **common)
        network = managed_addon(
            self,
            name,
            EksAddon.NETWORK,
            settings=network_settings(strict=args.standard_network_policy is None),
            roles={"aws-node": role.role.arn},
            depends_on=[agent, *role.grants],
            **common,
        )
        return [agent, network, managed_addon(self, name, EksAddon.PROXY, **common)]

    def _node_role(self, name: str, args: EksClusterArgs, account: Account, tags: Mapping[str, str]) -> ServiceRole:
        """The nodes themselves may not change the network: that right belongs to the vpc-cni add-on."""
        return service_role(
            self,
            f"{name}-node-role",
            account.partition,
            trust=service_trust("ec2"),
            managed=["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"],
            boundary=args.permissions_boundary_arn,
            tags=tags,
        )

    def _identity_provider(
        self, name: str, oidc: EksOidc, cluster: "aws.eks.Cluster", nodes: "Sequence[aws.eks.NodeGroup]", tags: Mapping[str, str]
    ) -> None:
        """Last, because EKS takes about twenty minutes for it and changes nothing else meanwhile."""
        aws.eks.IdentityProviderConfig(
            f"{name}-oidc",
            cluster_name=cluster.name,
            oidc=aws.eks.IdentityProviderConfigOidcArgs(
                identity_provider_config_name="oidc",
                issuer_url=oidc.issuer_url,
                client_id=oidc.client_id,
                username_claim=oidc.username_claim,
                username_prefix=oidc.prefix,
                groups_claim=oidc.groups_claim,
                groups_prefix=oidc.prefix,
                required_claims=dict(oidc.required_claims),
            ),
            tags=tags,
            opts=self.child(depends_on=list(nodes), delete_before_replace=True),  # EKS takes one per cluster
        )
