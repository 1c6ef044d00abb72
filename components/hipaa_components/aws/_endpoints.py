"""Private endpoints of AWS services: which a cluster needs, and their registration."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import pulumi
import pulumi_aws as aws

from hipaa_components.aws._subnets import RoutedSubnet, Site


class AwsEndpointUser(StrEnum):
    """What runs in the network and calls AWS services."""

    NODES = "NODES"
    """Nodes of EKS: joining the cluster, pulling images, pod identities, logs."""
    SSM = "SSM"
    """Sessions of Systems Manager."""
    SECRETS = "SECRETS"
    """Workloads that read AWS Secrets Manager."""
    LOAD_BALANCERS = "LOAD_BALANCERS"
    """The AWS load balancer controller."""
    AUTOSCALER = "AUTOSCALER"
    """A cluster autoscaler."""
    METRICS = "METRICS"
    """Agents that write CloudWatch metrics."""
    GUARDDUTY = "GUARDDUTY"
    """The agent of GuardDuty Runtime Monitoring."""
    RUNNER = "RUNNER"
    """A runner that deploys from inside the network."""


class AwsEndpointService(StrEnum):
    """A service with an interface endpoint, by the name of its endpoint without `com.amazonaws.<region>.`."""

    ACM_PCA = "acm-pca"
    """AWS Private Certificate Authority."""
    ATHENA = "athena"
    """Amazon Athena."""
    AUTOSCALING = "autoscaling"
    """Amazon EC2 Auto Scaling."""
    BEDROCK_RUNTIME = "bedrock-runtime"
    """Amazon Bedrock, calls to models."""
    CLOUDTRAIL = "cloudtrail"
    """AWS CloudTrail."""
    CODEBUILD = "codebuild"
    """AWS CodeBuild."""
    COMPREHENDMEDICAL = "comprehendmedical"
    """Amazon Comprehend Medical."""
    CONFIG = "config"
    """AWS Config."""
    EC2 = "ec2"
    """Amazon EC2."""
    EC2MESSAGES = "ec2messages"
    """Messages of Systems Manager."""
    ECR_API = "ecr.api"
    """Amazon ECR, its API."""
    ECR_DKR = "ecr.dkr"
    """Amazon ECR, pulls and pushes of images."""
    EFS = "elasticfilesystem"
    """Amazon EFS, its API."""
    EKS = "eks"
    """Amazon EKS, its API."""
    EKS_AUTH = "eks-auth"
    """Credentials of EKS Pod Identity."""
    ELASTICLOADBALANCING = "elasticloadbalancing"
    """Elastic Load Balancing."""
    EVENTS = "events"
    """Amazon EventBridge."""
    EXECUTE_API = "execute-api"
    """Private APIs of Amazon API Gateway."""
    FIREHOSE = "kinesis-firehose"
    """Amazon Data Firehose."""
    GLUE = "glue"
    """AWS Glue."""
    GUARDDUTY_DATA = "guardduty-data"
    """Events of the GuardDuty agent."""
    KINESIS = "kinesis-streams"
    """Amazon Kinesis Data Streams."""
    KMS = "kms"
    """AWS KMS."""
    LAMBDA = "lambda"
    """AWS Lambda."""
    LOGS = "logs"
    """Amazon CloudWatch Logs."""
    MONITORING = "monitoring"
    """Amazon CloudWatch metrics."""
    RDS = "rds"
    """Amazon RDS, its API."""
    SECRETSMANAGER = "secretsmanager"
    """AWS Secrets Manager."""
    SNS = "sns"
    """Amazon SNS."""
    SQS = "sqs"
    """Amazon SQS."""
    SSM = "ssm"
    """AWS Systems Manager."""
    SSMMESSAGES = "ssmmessages"
    """Sessions of Systems Manager."""
    STATES = "states"
    """AWS Step Functions."""
    STS = "sts"
    """AWS STS."""
    TEXTRACT = "textract"
    """Amazon Textract."""
    XRAY = "xray"
    """AWS X-Ray."""


_S = AwsEndpointService

NEEDED: Final[Mapping[AwsEndpointUser, frozenset[AwsEndpointService]]] = {
    AwsEndpointUser.NODES: frozenset({_S.EC2, _S.ECR_API, _S.ECR_DKR, _S.EKS, _S.EKS_AUTH, _S.LOGS, _S.STS}),
    AwsEndpointUser.SSM: frozenset({_S.EC2MESSAGES, _S.SSM, _S.SSMMESSAGES}),
    AwsEndpointUser.SECRETS: frozenset({_S.SECRETSMANAGER}),
    AwsEndpointUser.LOAD_BALANCERS: frozenset({_S.ELASTICLOADBALANCING}),
    AwsEndpointUser.AUTOSCALER: frozenset({_S.AUTOSCALING}),
    AwsEndpointUser.METRICS: frozenset({_S.MONITORING}),
    AwsEndpointUser.GUARDDUTY: frozenset({_S.GUARDDUTY_DATA}),
    AwsEndpointUser.RUNNER: frozenset({_S.KMS, _S.LOGS}),
}
"""The services that each user calls (EKS user guide, private clusters). Amazon S3 has its gateway endpoint in every
network: the layers of images come from there."""

ALWAYS_PRIVATE: Final = frozenset({_S.EC2, _S.EC2MESSAGES, _S.GUARDDUTY_DATA, _S.SSM, _S.SSMMESSAGES})
"""Services that keep their endpoint where the others are reached through NAT: the network policy of the EBS driver,
which calls EC2, ends at the network; GuardDuty's events have no public address; a session of an operator does not
leave the network."""

_HOSTS: Final[Mapping[AwsEndpointService, str]] = {
    _S.ECR_API: "api.ecr.{region}.amazonaws.com",
    _S.ECR_DKR: ".dkr.ecr.{region}.amazonaws.com",
    _S.EKS_AUTH: "eks-auth.{region}.api.aws",
}
"""Public hosts that are not `<service>.<region>.amazonaws.com`; a leading dot means every host under it."""


def endpoints_for(
    users: Iterable[AwsEndpointUser], extra: Iterable[AwsEndpointService] = (), *, nat: bool = False
) -> tuple[AwsEndpointService, ...]:
    """The interface endpoints of a network, sorted, each once.

    Args:
        users: what runs in the network.
        extra: services that have an endpoint in any case.
        nat: other AWS services are reached through NAT.
    """
    needed = frozenset[AwsEndpointService]().union(*(NEEDED[user] for user in users))
    return tuple(sorted({*(needed & ALWAYS_PRIVATE if nat else needed), *extra}))


def hosts_of(services: Iterable[AwsEndpointService], region: str) -> tuple[str, ...]:
    """The public hosts of services in a region, sorted, as an allow-list of a firewall takes them."""
    return tuple(sorted(_HOSTS.get(service, f"{service}.{{region}}.amazonaws.com").format(region=region) for service in services))


class Endpoints(NamedTuple):
    """The endpoints of a network and the security group in front of them."""

    security_group: "aws.ec2.SecurityGroup"
    resources: list[pulumi.Resource]


def make_endpoints(
    site: Site, private: Sequence[RoutedSubnet], services: Sequence[AwsEndpointService], region: pulumi.Output[str]
) -> Endpoints:
    """Registers the gateway of Amazon S3, and an interface endpoint of each service in every private subnet."""
    group = aws.ec2.SecurityGroup(
        f"{site.name}-endpoints",
        description="Endpoints of AWS services: HTTPS from inside the VPC",
        vpc_id=site.vpc.id,
        egress=[],
        tags=site.tagged("endpoints"),
        opts=site.component.child(),
    )
    rule = aws.vpc.SecurityGroupIngressRule(
        f"{site.name}-endpoints",
        security_group_id=group.id,
        description="HTTPS from inside the VPC",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=site.vpc.cidr_block,
        tags=site.tagged("endpoints"),
        opts=site.component.child(),
    )
    gateway = aws.ec2.VpcEndpoint(
        f"{site.name}-s3",
        vpc_id=site.vpc.id,
        service_name=pulumi.Output.concat("com.amazonaws.", region, ".s3"),
        vpc_endpoint_type="Gateway",
        route_table_ids=[subnet.table.id for subnet in private],
        tags=site.tagged("s3"),
        opts=site.component.child(),
    )
    interfaces = [
        aws.ec2.VpcEndpoint(
            f"{site.name}-{service.replace('.', '-')}",
            vpc_id=site.vpc.id,
            service_name=pulumi.Output.concat("com.amazonaws.", region, f".{service}"),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.subnet.id for subnet in private],
            security_group_ids=[group.id],
            tags=site.tagged(service),
            opts=site.component.child(),
        )
        for service in services
    ]
    return Endpoints(group, [rule, gateway, *interfaces])
