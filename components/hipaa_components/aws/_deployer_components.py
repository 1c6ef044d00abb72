"""The components that a deployer can be made for, and the types of resources that each of them registers."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

_ROLE = ("aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy")
_MANAGED_ROLE = (*_ROLE, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
_ALERT = ("aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget")
_ENTRY = ("aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation")


class AwsDeployedComponent(StrEnum):
    """A component that a deployer makes, by the name of its class."""

    AUDIT_ALERTS = "AwsAuditAlerts"
    """Alerts on the audit log and on safeguards that change."""
    AUDIT_ARCHIVE = "AwsAuditArchive"
    """The archive of audit logs and the way into it."""
    AUDIT_LOGS = "AwsAuditLogs"
    """Log groups and the trail."""
    BREAK_GLASS_ROLE = "AwsBreakGlassRole"
    """Emergency access to a cluster."""
    ENCRYPTION_KEY = "AwsEncryptionKey"
    """Keys."""
    IMAGE_MIRROR = "AwsImageMirror"
    """Mirrors of public registries."""
    NETWORK = "AwsNetwork"
    """Networks, endpoints and firewalls."""
    PRIVATE_ACCESS = "AwsPrivateAccess"
    """Ways to the private API server."""
    REPOSITORY = "AwsRepository"
    """Repositories of images."""
    SECRET = "AwsSecret"  # noqa: S105 - the name of a component
    """Secrets, without their values."""
    THREAT_DETECTION = "AwsThreatDetection"
    """The detector of the account."""
    WORKLOAD_ROLE = "AwsWorkloadRole"
    """Roles of service accounts."""
    EKS_ADDONS = "EksAddons"
    """Add-ons of a cluster."""
    EKS_BASELINE = "EksBaseline"
    """What is inside a cluster, as far as it is made through the AWS API."""
    EKS_CLOUD = "EksCloud"
    """The cloud layer of a platform."""
    EKS_CLUSTER = "EksCluster"
    """Clusters and their nodes."""
    EKS_PLATFORM = "EksPlatform"
    """Everything that EksPlatform wires."""


_CLOUD: Final = (
    AwsDeployedComponent.EKS_CLOUD,
    AwsDeployedComponent.ENCRYPTION_KEY,
    AwsDeployedComponent.AUDIT_ARCHIVE,
    AwsDeployedComponent.AUDIT_LOGS,
    AwsDeployedComponent.AUDIT_ALERTS,
    AwsDeployedComponent.NETWORK,
    AwsDeployedComponent.PRIVATE_ACCESS,
    AwsDeployedComponent.IMAGE_MIRROR,
    AwsDeployedComponent.EKS_CLUSTER,
    AwsDeployedComponent.THREAT_DETECTION,
    AwsDeployedComponent.BREAK_GLASS_ROLE,
    AwsDeployedComponent.WORKLOAD_ROLE,
)

COMPOSED: Final[Mapping[AwsDeployedComponent, tuple[AwsDeployedComponent, ...]]] = {
    AwsDeployedComponent.EKS_CLOUD: _CLOUD,
    AwsDeployedComponent.EKS_BASELINE: (AwsDeployedComponent.EKS_ADDONS,),
    AwsDeployedComponent.EKS_PLATFORM: (*_CLOUD, AwsDeployedComponent.EKS_ADDONS),
}
"""What consists of other components."""

_TYPES: Final[Mapping[AwsDeployedComponent, tuple[str, ...]]] = {
    AwsDeployedComponent.EKS_CLOUD: ("aws:iam/openIdConnectProvider:OpenIdConnectProvider",),
    AwsDeployedComponent.AUDIT_ALERTS: (
        *_ALERT,
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
    ),
    AwsDeployedComponent.AUDIT_ARCHIVE: (
        *_ROLE,
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/logStream:LogStream",
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
    ),
    AwsDeployedComponent.AUDIT_LOGS: (
        *_ROLE,
        "aws:cloudtrail/trail:Trail",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    ),
    AwsDeployedComponent.BREAK_GLASS_ROLE: (*_ROLE, *_ALERT, *_ENTRY),
    AwsDeployedComponent.ENCRYPTION_KEY: (
        "aws:iam/serviceLinkedRole:ServiceLinkedRole",
        "aws:kms/alias:Alias",
        "aws:kms/key:Key",
    ),
    AwsDeployedComponent.IMAGE_MIRROR: (
        *_ROLE,
        "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    ),
    AwsDeployedComponent.NETWORK: (
        *_ROLE,
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/eip:Eip",
        "aws:ec2/flowLog:FlowLog",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/natGateway:NatGateway",
        "aws:ec2/networkAcl:NetworkAcl",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:networkfirewall/firewall:Firewall",
        "aws:networkfirewall/firewallPolicy:FirewallPolicy",
        "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
        "aws:networkfirewall/ruleGroup:RuleGroup",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ),
    AwsDeployedComponent.PRIVATE_ACCESS: (
        *_ROLE,
        *_ALERT,
        "aws:cloudwatch/logStream:LogStream",
        "aws:codebuild/project:Project",
        "aws:ec2/instance:Instance",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2clientvpn/authorizationRule:AuthorizationRule",
        "aws:ec2clientvpn/endpoint:Endpoint",
        "aws:ec2clientvpn/networkAssociation:NetworkAssociation",
        "aws:iam/instanceProfile:InstanceProfile",
        "aws:iam/samlProvider:SamlProvider",
        "aws:ssm/document:Document",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    ),
    AwsDeployedComponent.REPOSITORY: (
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/repository:Repository",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
    ),
    AwsDeployedComponent.SECRET: (
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretRotation:SecretRotation",
    ),
    AwsDeployedComponent.THREAT_DETECTION: (
        *_ALERT,
        "aws:guardduty/detector:Detector",
        "aws:guardduty/detectorFeature:DetectorFeature",
    ),
    AwsDeployedComponent.WORKLOAD_ROLE: (*_ROLE, "aws:eks/podIdentityAssociation:PodIdentityAssociation"),
    AwsDeployedComponent.EKS_ADDONS: (*_MANAGED_ROLE, "aws:eks/addon:Addon"),
    AwsDeployedComponent.EKS_CLUSTER: (
        *_MANAGED_ROLE,
        *_ENTRY,
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:eks/addon:Addon",
        "aws:eks/cluster:Cluster",
        "aws:eks/identityProviderConfig:IdentityProviderConfig",
        "aws:eks/nodeGroup:NodeGroup",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ),
}


def types_of(components: Iterable[AwsDeployedComponent]) -> frozenset[str]:
    """The types of AWS resources that the components register, whatever their arguments are."""
    parts = [part for component in components for part in COMPOSED.get(component, (component,))]
    return frozenset(type_ for part in parts for type_ in _TYPES[part])
