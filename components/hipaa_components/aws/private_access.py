"""A way to the private API server of a cluster for people and pipelines, without opening it to the internet."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

import pulumi

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, check, is_unknown, matches, not_empty, optional, unique
from hipaa_components._weakening import WeakeningRecord
from hipaa_components.aws._access import AccessPath, AccessSite
from hipaa_components.aws._access_existing import AwsExistingAccess, existing_access
from hipaa_components.aws._access_runner import AwsRunnerAccess, runner_access
from hipaa_components.aws._access_ssm import AwsSsmAccess, ssm_access
from hipaa_components.aws._access_vpn import AwsVpnAccess, vpn_access
from hipaa_components.aws._common import Account, AwsRoleArgs, cluster_name_rule, key_arn_rule, log_group_arn_rule, tags_of

WAYS = ("ssm", "client_vpn", "runner", "existing")
"""The arguments of which a way in has exactly one."""


def _network(value: str) -> Problem | None:
    try:
        ip_network(value)
    except ValueError:
        return Problem("the network of the VPC, such as 10.64.0.0/16")
    return None


def _apart(one: str, other: str) -> bool:
    return not ip_network(one).overlaps(ip_network(other))


class AwsPrivateAccessSettings(Args):
    """Which way leads to the API server: exactly one."""

    ssm: AwsSsmAccess | None = None
    """Sessions of Systems Manager that forward one port, through an instance nobody can log in to."""
    client_vpn: AwsVpnAccess | None = None
    """AWS Client VPN, with the people of a SAML identity provider."""
    runner: AwsRunnerAccess | None = None
    """A CodeBuild project that deploys from inside the network."""
    existing: AwsExistingAccess | None = None
    """A path that another team provides, such as a peering, a transit gateway or a proxy."""

    def problems(self) -> Iterator[Problem]:
        """Exactly one way."""
        ways = [way for way in WAYS if getattr(self, way) is not None]
        if len(ways) != 1:
            fix = "Declare each further way as an access of its own." if ways else "Say how people or pipelines reach the private API."
            yield Problem("exactly one of ssm, client_vpn, runner and existing", fix, "ssm", " and ".join(ways) or None)

    @property
    def way(self) -> str:
        """The one that is given."""
        return next(way for way in WAYS if getattr(self, way) is not None)


class AwsPrivateAccessArgs(AwsPrivateAccessSettings, AwsRoleArgs):
    """Arguments of AwsPrivateAccess."""

    cluster_name: str
    """Name of the EKS cluster that the way leads to; it may be made later."""
    vpc_id: pulumi.Input[str]
    """The VPC of the cluster."""
    vpc_cidr: pulumi.Input[str]
    """Network of that VPC, such as 10.64.0.0/16."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets of that VPC, each in a zone of its own."""
    key_arn: pulumi.Input[str]
    """Full ARN of the KMS key that encrypts disks and what builds leave."""
    log_group_arn: pulumi.Input[str]
    """ARN of the log group for connections of the VPN and for builds."""
    topic_arn: pulumi.Input[str] | None = None
    """ARN of the SNS topic that hears of every session and every build; None where the trail alone records them. Only
    with `ssm` and `runner`."""

    _cluster = check("cluster_name", cluster_name_rule())
    _vpc = check("vpc_cidr", _network)
    _subnets = check("subnet_ids", not_empty(), unique())
    _key = check("key_arn", key_arn_rule())
    _logs = check("log_group_arn", log_group_arn_rule())
    _topic = check(
        "topic_arn",
        optional(matches(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+", "the ARN of an SNS topic")),
    )

    def problems(self) -> Iterator[Problem]:
        """What one way needs, the others must not be given; networks of the VPN are apart."""
        yield from super().problems()
        if self.topic_arn is not None and self.ssm is None and self.runner is None:
            fix = "Connections of the VPN are in its log; of a path of others nothing is known here."
            yield Problem("absent without ssm and runner", fix, "topic_arn", self.topic_arn)
        apart = self.client_vpn is None or is_unknown(self.vpc_cidr) or _apart(self.client_vpn.client_cidr, str(self.vpc_cidr))
        if self.client_vpn is not None and not apart:
            accepted = f"a network apart from vpc_cidr {self.vpc_cidr}"
            yield Problem(accepted, "Clients could not tell the two.", "client_vpn.client_cidr", self.client_vpn.client_cidr)


class AwsPrivateAccess(Component):
    """A way to the private API server of a cluster: a forwarded port, a VPN, a runner, or a path that exists.

    Serves 164.312(e)(1), 164.312(a)(1) and 164.312(d). It is made before the cluster, which admits
    `client_security_group_ids` and `client_cidrs` (arguments `api_client_…` of EksCluster). Nothing here has a public
    address or takes a connection from outside, but the endpoint of the VPN, which AWS runs.

    AWS shows no second factor in the sessions of roles and of SAML: `mfa_statement` says who asks for it. No content
    of a session or of the VPN is recorded: who came when is in the trail and in the connection log, what they did in
    the audit log of the cluster. None of this has run on AWS: docstrings say what only its documentation vouches for.
    """

    client_security_group_ids: pulumi.Output[list[str]]
    """Security groups that the cluster admits to its API server."""
    client_cidrs: pulumi.Output[list[str]]
    """Networks that the cluster admits to its API server."""
    proxy_url: pulumi.Output[str]
    """Proxy for the kubeconfig; empty where there is none."""
    local_endpoint: pulumi.Output[str]
    """URL for the kubeconfig, in place of the cluster's endpoint; empty where that is reached directly."""
    tls_server_name: pulumi.Output[str]
    """Name for the kubeconfig that the API server's certificate holds; empty where the endpoint's own name serves."""
    role_arn: pulumi.Output[str]
    """With `ssm` the role that operators take for a session, with `runner` the role of builds; else empty."""
    instructions: pulumi.Output[str]
    """The commands of an operator, and how the kubeconfig is made."""
    weakenings: pulumi.Output[list[WeakeningRecord]]
    """Weakenings in force."""

    def __init__(self, name: str, args: AwsPrivateAccessArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers what the way in needs; nothing for a path that exists. Raises ArgsError."""
        args = AwsPrivateAccessArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        path = self._path(name, args)
        self.client_security_group_ids = pulumi.Output.all(*path.security_group_ids)
        self.client_cidrs = pulumi.Output.from_input(list(path.cidrs))
        self.proxy_url = pulumi.Output.from_input(path.proxy_url)
        self.local_endpoint = pulumi.Output.from_input(path.local_endpoint)
        self.tls_server_name = pulumi.Output.from_input(path.tls_server_name)
        self.role_arn = pulumi.Output.from_input(path.role_arn)
        self.instructions = path.instructions
        self.weakenings = self.weakening_records()
        self.register_outputs({})

    def _path(self, name: str, args: AwsPrivateAccessArgs) -> AccessPath:
        site = AccessSite(
            component=self,
            name=name,
            account=Account.of(self),
            cluster_name=args.cluster_name,
            vpc_id=args.vpc_id,
            vpc_cidr=args.vpc_cidr,
            subnet_ids=args.subnet_ids,
            key_arn=args.key_arn,
            log_group_arn=args.log_group_arn,
            topic_arn=args.topic_arn,
            boundary=args.permissions_boundary_arn,
            tags=tags_of(args),
        )
        if args.ssm is not None:
            return ssm_access(site, args.ssm)
        if args.client_vpn is not None:
            return vpn_access(site, args.client_vpn)
        if args.runner is not None:
            return runner_access(site, args.runner)
        assert args.existing is not None  # one of the four, as the arguments were checked
        return existing_access(site, args.existing)
