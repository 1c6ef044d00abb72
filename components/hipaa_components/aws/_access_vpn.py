"""The way in through AWS Client VPN: the people of one group of an identity provider, logged, for a working day."""

from collections.abc import Sequence
from ipaddress import ip_network

import pulumi
import pulumi_aws as aws

from hipaa_components._args import Args
from hipaa_components._names import fit
from hipaa_components._problems import Problem, arn, check, each, matches, not_empty, private_network, unique
from hipaa_components.aws._access import AccessPath, AccessSite, in_steps, kubeconfig_commands, second_factor_rule
from hipaa_components.aws._roles import SAML_PROVIDER_PREFIX
from hipaa_stack.baseline import VPN_SESSION_HOURS

_PROVIDER_NAME_LENGTH = 128
"""Longest name of a SAML provider (IAM API reference, CreateSAMLProvider)."""


_SHORTEST_METADATA = 1000
"""Shortest metadata document that IAM takes, in characters (IAM API reference, CreateSAMLProvider)."""


def _metadata(value: str) -> Problem | None:
    accepted = "the XML document with an EntityDescriptor that the identity provider gives out, 1,000 characters or more"
    return (
        None if len(value) >= _SHORTEST_METADATA and value.lstrip().startswith("<") and "EntityDescriptor" in value else Problem(accepted)
    )


class AwsVpnAccess(Args):
    """AWS Client VPN with the people of a SAML identity provider.

    Each group in `access_group_ids` reaches HTTPS in the network, nobody else anything. Only what is meant for the
    network goes through the tunnel, and devices cannot route around it.
    """

    saml_metadata: str
    """SAML metadata of the identity provider's application for the VPN, as XML."""
    server_certificate_arn: pulumi.Input[str]
    """ARN of the certificate in ACM that the VPN shows to clients."""
    client_cidr: str
    """Network that clients get addresses from: /22 to /12, private, apart from the VPC. It cannot change."""
    access_group_ids: Sequence[str]
    """The groups whose members may connect, as the assertion of the identity provider names them in `memberOf`."""
    mfa_statement: str
    """How the identity provider asks for a second factor, in a sentence; AWS cannot see it."""

    _metadata = check("saml_metadata", _metadata)
    _certificate = check(
        "server_certificate_arn", arn("acm", r"certificate/[\w-]+", "arn:<partition>:acm:<region>:<account>:certificate/<id>")
    )
    _clients = check("client_cidr", private_network(12, 22))
    _groups = check(
        "access_group_ids",
        not_empty("Nobody could connect."),
        unique(),
        each(matches(r"[^\s*](.*[^\s*])?", "the id of one group, without *")),
    )
    _mfa = check("mfa_statement", second_factor_rule())


def vpn_access(site: AccessSite, vpn: AwsVpnAccess) -> AccessPath:
    """Registers the VPN, an association in each subnet, and what each group may reach."""
    group = site.client_group("vpn", f"Clients of the VPN to the Kubernetes API of {site.cluster_name}")
    endpoint = _endpoint(site, vpn, group)
    associations = [
        aws.ec2clientvpn.NetworkAssociation(
            f"{site.name}-zone-{index + 1}", client_vpn_endpoint_id=endpoint.id, subnet_id=subnet, opts=site.component.child()
        )
        for index, subnet in enumerate(site.subnet_ids)
    ]
    for access_group in vpn.access_group_ids:
        aws.ec2clientvpn.AuthorizationRule(
            f"{site.name}-{access_group}",
            client_vpn_endpoint_id=endpoint.id,
            target_network_cidr=site.vpc_cidr,
            access_group_id=access_group,
            opts=site.component.child(depends_on=associations),
        )
    facts = pulumi.Output.all(site.account.region, endpoint.id)
    return AccessPath(
        instructions=facts.apply(lambda known: vpn_instructions(site.cluster_name, vpn, *known)),
        security_group_ids=[group.id],  # what comes out of the VPN has the addresses and the group of its associations
    )


def _endpoint(site: AccessSite, vpn: AwsVpnAccess, group: "aws.ec2.SecurityGroup") -> "aws.ec2clientvpn.Endpoint":
    provider = aws.iam.SamlProvider(
        f"{site.name}-people",
        name=fit(f"{SAML_PROVIDER_PREFIX}{site.name}-people", _PROVIDER_NAME_LENGTH),
        saml_metadata_document=vpn.saml_metadata,
        tags=site.tags,
        opts=site.component.child(),
    )
    return aws.ec2clientvpn.Endpoint(
        f"{site.name}-vpn",
        description=f"People who use the Kubernetes API of {site.cluster_name}",
        vpc_id=site.vpc_id,
        client_cidr_block=vpn.client_cidr,
        server_certificate_arn=vpn.server_certificate_arn,
        authentication_options=[
            aws.ec2clientvpn.EndpointAuthenticationOptionArgs(type="federated-authentication", saml_provider_arn=provider.arn)
        ],
        connection_log_options=aws.ec2clientvpn.EndpointConnectionLogOptionsArgs(
            enabled=True, cloudwatch_log_group=site.log_group_name, cloudwatch_log_stream=_stream(site).name
        ),
        split_tunnel=True,
        client_route_enforcement_options=aws.ec2clientvpn.EndpointClientRouteEnforcementOptionsArgs(enforced=True),
        session_timeout_hours=VPN_SESSION_HOURS,
        disconnect_on_session_timeout=True,
        self_service_portal="disabled",
        dns_servers=[pulumi.Output.from_input(site.vpc_cidr).apply(resolver)],
        security_group_ids=[group.id],
        tags=site.tagged("vpn"),
        opts=site.component.child(),
    )


def _stream(site: AccessSite) -> "aws.cloudwatch.LogStream":
    """The record of who connected, which stays when the endpoint goes."""
    name = f"{site.name}-connections"
    return aws.cloudwatch.LogStream(name, name=name, log_group_name=site.log_group_name, opts=site.component.child(retain=True))


def resolver(vpc_cidr: str) -> str:
    """Address of the resolver of a VPC, the third of its network (VPC user guide, DNS attributes)."""
    return str(ip_network(vpc_cidr)[2])


def vpn_instructions(cluster_name: str, vpn: AwsVpnAccess, region: str, endpoint_id: str) -> str:
    """The commands of an operator."""
    export = f"aws ec2 export-client-vpn-client-configuration --region {region} --client-vpn-endpoint-id {endpoint_id} --output text"
    return in_steps(
        (
            f"Once: the configuration, for the AWS VPN Client. Second factor: {vpn.mfa_statement}",
            [f"{export} > {cluster_name}.ovpn"],
        ),
        ("While the VPN is connected", kubeconfig_commands(region, cluster_name)),
    )
