"""The way in through Systems Manager: a session forwards one port to the API server, and can do nothing else."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from hipaa_components._names import NAME_ONCE, fit
from hipaa_components._problems import between, check, matches
from hipaa_components.aws._access import AccessPath, AccessSite, AwsOperators, in_steps, kubeconfig_commands, profile_commands
from hipaa_components.aws._common import policy_document
from hipaa_components.aws._roles import ROLE_PATH, ServiceRole, service_role, service_trust

API_NAME = "kubernetes.default.svc"
"""A name that is in the certificate of every API server, as pods use it (Kubernetes, PKI certificates and requirements);
the name of the endpoint is known only once the cluster is."""

_IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
"""The parameter of AWS that holds the newest image of Amazon Linux 2023, which comes with the agent."""

_PROFILE_PREFIX_LENGTH = 102
"""Longest name prefix of an instance profile: 128 characters less the 26 that the AWS provider appends."""

_DOCUMENT_NAME_LENGTH = 128
"""Longest name of a document (Systems Manager API reference, CreateDocument)."""

_API_DOMAINS = {"aws-cn": "amazonaws.com.cn"}
"""Domain of cluster endpoints, where it differs by partition."""


class AwsSsmAccess(AwsOperators):
    """Sessions of Systems Manager that forward one port to the API server.

    Operators take a role for an hour, which starts sessions on this instance and with this document only. The document
    forwards to cluster endpoints of the region and has no shell. That AWS checks it so (`ssm:SessionDocumentAccessCheck`,
    `allowedPattern`) is documented and has not been tried here.
    """

    instance_type: str = "t4g.small"
    """Type of the instance, with Graviton processors."""
    local_port: int = 8443
    """Port on the operator's machine: 1024 to 65535."""
    revision: str = ""
    """At most 20 lower-case letters, digits or -. Another revision makes a new instance, from the newest image: an
    instance is never patched in place."""

    _type = check("instance_type", matches(r"[a-z]+\d+g[a-z-]*\.\w+", "a type with Graviton processors such as t4g.small"))
    _port = check("local_port", between(1024, 65535))
    _revision = check("revision", matches(r"([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?", "at most 20 lower-case letters, digits or -"))


def ssm_access(site: AccessSite, ssm: AwsSsmAccess) -> AccessPath:
    """Registers the instance, the document and the role of operators."""
    group = site.client_group("forwarder", f"Forwards operators to the Kubernetes API of {site.cluster_name}")
    instance = _instance(site, ssm, group)
    document = _document(site)
    instance_arn = site.arn("ec2", pulumi.Output.concat("instance/", instance.id))
    role_arn = site.operator_role(ssm, pulumi.Output.all(instance_arn, document.arn).apply(lambda arns: session_policy(*arns)))
    site.alert("session", "ssm", "StartSession", {"target": instance.id, "documentName": document.name})
    cluster_arn = site.arn("eks", f"cluster/{site.cluster_name}")
    facts = pulumi.Output.all(site.account.region, cluster_arn, instance.id, document.name, role_arn)
    return AccessPath(
        instructions=facts.apply(lambda known: ssm_instructions(site.name, site.cluster_name, ssm, *known)),
        security_group_ids=[group.id],
        local_endpoint=local_endpoint(ssm.local_port),
        tls_server_name=API_NAME,
        role_arn=role_arn,
    )


def _instance(site: AccessSite, ssm: AwsSsmAccess, group: "aws.ec2.SecurityGroup") -> "aws.ec2.Instance":
    """No key pair, no address outside, no way in: the agent on it calls Systems Manager through the private endpoints."""
    role = service_role(
        site.component,
        f"{site.name}-forwarder",
        site.account.partition,
        trust=service_trust("ec2"),
        policy=agent_policy(),
        boundary=site.boundary,
        tags=site.tags,
    )
    image = aws.ssm.get_parameter_output(name=_IMAGE, opts=pulumi.InvokeOptions(parent=site.component))
    part = f"forwarder-{ssm.revision}" if ssm.revision else "forwarder"
    return aws.ec2.Instance(
        f"{site.name}-{part}",
        ami=image.value,
        instance_type=ssm.instance_type,
        subnet_id=site.subnet_ids[0],
        vpc_security_group_ids=[group.id],
        associate_public_ip_address=False,
        iam_instance_profile=_profile(site, role),
        metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1, instance_metadata_tags="disabled"
        ),
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
            volume_type="gp3", encrypted=True, kms_key_id=site.key_arn, delete_on_termination=True
        ),
        monitoring=True,
        tags=site.tagged(part),
        # A newer image alone replaces nothing: a revision does. It would take the ignored, old one under the same name.
        opts=site.component.child(depends_on=role.grants, ignore_changes=["ami"]),
    )


def _profile(site: AccessSite, role: ServiceRole) -> pulumi.Output[str]:
    profile = aws.iam.InstanceProfile(
        f"{site.name}-forwarder",
        name_prefix=f"{fit(f'{site.name}-forwarder', _PROFILE_PREFIX_LENGTH - 1)}-",
        path=ROLE_PATH,
        role=role.role.name,
        tags=site.tags,
        opts=site.component.child(ignore_changes=NAME_ONCE),
    )
    name: pulumi.Output[str] = profile.name
    return name


def _document(site: AccessSite) -> "aws.ssm.Document":
    return aws.ssm.Document(
        f"{site.name}-session",
        name=fit(f"{site.name}-session", _DOCUMENT_NAME_LENGTH),
        document_type="Session",
        document_format="JSON",
        content=pulumi.Output.all(site.account.region, site.account.partition).apply(lambda where: session_document(*where)),
        tags=site.tags,
        opts=site.component.child(),
    )


def session_document(region: str, partition: str) -> str:
    """The session document: forwards a local port to HTTPS of a cluster endpoint of the region, and nothing else."""
    domain = _API_DOMAINS.get(partition, "amazonaws.com").replace(".", r"\.")
    parameters: dict[str, Any] = {
        "host": {
            "type": "String",
            "description": "Host of the endpoint of an EKS cluster",
            "allowedPattern": rf"^[A-Za-z0-9]{{32}}\.[a-z0-9]+\.{region}\.eks\.{domain}$",
        },
        "localPortNumber": {"type": "String", "description": "Port on the machine of the operator", "allowedPattern": r"^[0-9]{4,5}$"},
    }
    properties = {
        "type": "LocalPortForwarding",
        "host": "{{ host }}",
        "portNumber": "443",
        "localPortNumber": "{{ localPortNumber }}",
    }
    description = "Forwards a port to the API server of an EKS cluster"
    document = {
        "schemaVersion": "1.0",
        "description": description,
        "sessionType": "Port",
        "parameters": parameters,
        "properties": properties,
    }
    return json.dumps(document, sort_keys=True)


def agent_policy() -> str:
    """What the agent needs for sessions (Systems Manager user guide, custom role for Session Manager).

    These actions know no resources. The managed policy would also let the instance read every parameter of the account.
    """
    channels = [f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")]
    return policy_document([{"Effect": "Allow", "Action": [*channels, "ssm:UpdateInstanceInformation"], "Resource": "*"}])


def session_policy(instance_arn: str, document_arn: str) -> str:
    """What operators may do: start a session here with the document named, and resume or end their own.

    `Bool`, never `BoolIfExists`: a call that names no document would get a shell. The sessions are told by the tag that
    Systems Manager gives them (user guide, samples of policies).
    """
    own = {"StringLike": {"ssm:resourceTag/aws:ssmmessages:session-id": ["${aws:userid}"]}}
    partition, _, region, account = instance_arn.split(":")[1:5]
    sessions = f"arn:{partition}:ssm:{region}:{account}:session/*"
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Action": ["ssm:StartSession"],
                "Resource": [instance_arn, document_arn],
                "Condition": {"Bool": {"ssm:SessionDocumentAccessCheck": "true"}},
            },
            {"Effect": "Allow", "Action": ["ssm:ResumeSession", "ssm:TerminateSession"], "Resource": sessions, "Condition": own},
        ]
    )


def local_endpoint(port: int) -> str:
    """URL of the forwarded port."""
    return f"https://127.0.0.1:{port}"


def ssm_instructions(
    name: str, cluster_name: str, ssm: AwsSsmAccess, region: str, cluster_arn: str, instance_id: str, document: str, role_arn: str
) -> str:
    """The commands of an operator."""
    endpoint = f"aws eks describe-cluster --region {region} --name {cluster_name} --query cluster.endpoint --output text"
    forward = (
        f"aws ssm start-session --profile {name} --target {instance_id} --document-name {document} "
        f'--parameters "host=$HOST,localPortNumber={ssm.local_port}"'
    )
    server = {"server": local_endpoint(ssm.local_port), "tls_server_name": API_NAME}
    return in_steps(
        (f"Once: a profile for the role. Second factor: {ssm.mfa_statement}", profile_commands(name, region, role_arn)),
        ("A session, which stays open; it needs the Session Manager plugin", [f"HOST=$({endpoint} | cut -d/ -f3)", forward]),
        ("In another terminal", kubeconfig_commands(region, cluster_name, cluster_arn, **server)),
    )
