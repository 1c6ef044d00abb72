"""Which two objects a cloud refuses to have at once: duplicate names, and singletons of an account.

The table holds the types whose rule is known. For every other type the rule is: two live objects of one type are
duplicates when they have the same `name` and the same parents (required text inputs, and inputs that end in Id, Arn
or Name), in one account and region. Types whose names need not be unique, and writes that replace what is there
(PutMetricAlarm, PutRule), are never refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .config import Scope
from .naming import named_property
from .schema import Kind, Resource
from .wire import Properties, Value, has_unknown, unwrap


class Reach(StrEnum):
    """Where a name must be unique."""

    GLOBAL = "global"
    ACCOUNT = "account"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Rule:
    """Two live objects with the same values of `properties` cannot both exist; none = one object for each scope."""

    properties: tuple[str, ...]
    error: str
    """The cloud's words; `{name}` and other inputs, `{account}` and `{region}` are filled in."""
    reach: Reach = Reach.REGION
    family: str = ""
    """Types that share one name space."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes an object the only one of its kind; `key` is equal for two objects that cannot both exist."""

    key: str
    error: str


_IAM = "EntityAlreadyExists: {kind} with name {name} already exists."
_BUCKET = Rule(
    ("bucket",),
    "BucketAlreadyExists: The requested bucket name is not available. The bucket namespace is shared by all users of the system: {bucket}",
    Reach.GLOBAL,
    "s3-bucket",
)
_GCP_EXISTS = "googleapi: Error 409: The resource '{name}' already exists, alreadyExists"


def _iam(kind: str) -> Rule:
    return Rule(("name",), _IAM.replace("{kind}", kind), Reach.ACCOUNT)


def _gcp(*properties: str, reach: Reach = Reach.ACCOUNT) -> Rule:
    return Rule(properties, _GCP_EXISTS.replace("{name}", "/".join(f"{{{item}}}" for item in properties)), reach)


_RULES: Mapping[str, Rule] = {
    "aws:backup/vault:Vault": Rule(("name",), "AlreadyExistsException: Backup vault with the same name already exists: {name}"),
    "aws:cfg/recorder:Recorder": Rule(
        (), "MaxNumberOfConfigurationRecordersExceededException: You have reached the limit of the number of recorders."
    ),
    "aws:cloudtrail/trail:Trail": Rule(("name",), "TrailAlreadyExistsException: Trail {name} already exists for customer: {account}"),
    "aws:cloudwatch/logGroup:LogGroup": Rule(("name",), "ResourceAlreadyExistsException: The specified log group already exists: {name}"),
    "aws:codebuild/project:Project": Rule(
        ("name",), "ResourceAlreadyExistsException: Project already exists: arn:aws:codebuild:{region}:{account}:project/{name}"
    ),
    "aws:dynamodb/table:Table": Rule(("name",), "ResourceInUseException: Table already exists: {name}"),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": Rule(
        ("defaultNetworkAclId",), "the default network ACL {defaultNetworkAclId} is already managed"
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": Rule(
        ("defaultRouteTableId",), "the default route table {defaultRouteTableId} is already managed"
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Rule(("vpcId",), "the default security group of {vpcId} is already managed"),
    "aws:ec2/flowLog:FlowLog": Rule(
        ("vpcId", "subnetId", "eniId", "transitGatewayId", "trafficType", "logDestination"),
        "FlowLogAlreadyExists: Error. There is an existing Flow Log with the same configuration and log destination.",
    ),
    "aws:ec2/internetGateway:InternetGateway": Rule(
        ("vpcId",), "Resource.AlreadyAssociated: resource {vpcId} already has an internet gateway attached"
    ),
    "aws:ec2/keyPair:KeyPair": Rule(("keyName",), "InvalidKeyPair.Duplicate: The keypair already exists"),
    "aws:ec2/launchTemplate:LaunchTemplate": Rule(
        ("name",), "InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use: {name}"
    ),
    "aws:ec2/route:Route": Rule(
        ("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
        "RouteAlreadyExists: Route in Route Table ({routeTableId}) with destination ({destinationCidrBlock}) already exists",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Rule(
        ("subnetId", "gatewayId"),
        "Resource.AlreadyAssociated: the specified association for route table {routeTableId} conflicts with an existing association",
    ),
    "aws:ec2/securityGroup:SecurityGroup": Rule(
        ("vpcId", "name"), "InvalidGroup.Duplicate: The security group '{name}' already exists for VPC '{vpcId}'"
    ),
    "aws:ec2/subnet:Subnet": Rule(("vpcId", "cidrBlock"), "InvalidSubnet.Conflict: The CIDR '{cidrBlock}' conflicts with another subnet"),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": Rule(
        ("ecrRepositoryPrefix",),
        "PullThroughCacheRuleAlreadyExistsException: A pull through cache rule with the prefix '{ecrRepositoryPrefix}' already exists",
    ),
    "aws:ecr/repository:Repository": Rule(
        ("name",), "RepositoryAlreadyExistsException: The repository with name '{name}' already exists in the registry with id '{account}'"
    ),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": Rule(
        ("prefix",), "TemplateAlreadyExistsException: A repository creation template with the prefix '{prefix}' already exists"
    ),
    "aws:eks/accessEntry:AccessEntry": Rule(
        ("clusterName", "principalArn"), "ResourceInUseException: The specified access entry resource is already in use on this cluster."
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Rule(
        ("clusterName", "principalArn", "policyArn"),
        "ResourceInUseException: The specified policy is already associated with {principalArn}.",
    ),
    "aws:eks/addon:Addon": Rule(("clusterName", "addonName"), "ResourceInUseException: Addon already exists."),
    "aws:eks/cluster:Cluster": Rule(("name",), "ResourceInUseException: Cluster already exists with name: {name}"),
    "aws:eks/fargateProfile:FargateProfile": Rule(
        ("clusterName", "fargateProfileName"), "ResourceInUseException: Fargate Profile already exists with name {fargateProfileName}"
    ),
    "aws:eks/identityProviderConfig:IdentityProviderConfig": Rule(
        ("clusterName",), "ResourceInUseException: Identity provider config already exists on cluster {clusterName}"
    ),
    "aws:eks/nodeGroup:NodeGroup": Rule(
        ("clusterName", "nodeGroupName"),
        "ResourceInUseException: NodeGroup already exists with name {nodeGroupName} and cluster name {clusterName}",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Rule(
        ("clusterName", "namespace", "serviceAccount"),
        "ResourceInUseException: Association already exists: {namespace}/{serviceAccount} on cluster {clusterName}",
    ),
    "aws:guardduty/detector:Detector": Rule(
        (), "BadRequestException: The request is rejected because a detector already exists for the current account."
    ),
    "aws:iam/group:Group": _iam("Group"),
    "aws:iam/instanceProfile:InstanceProfile": Rule(
        ("name",), "EntityAlreadyExists: Instance Profile {name} already exists.", Reach.ACCOUNT
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Rule(
        ("url",), "EntityAlreadyExists: Provider with url {url} already exists.", Reach.ACCOUNT
    ),
    "aws:iam/policy:Policy": Rule(
        ("name",), "EntityAlreadyExists: A policy called {name} already exists. Duplicate names are not allowed.", Reach.ACCOUNT
    ),
    "aws:iam/role:Role": _iam("Role"),
    "aws:iam/samlProvider:SamlProvider": Rule(("name",), "EntityAlreadyExists: Provider with name {name} already exists.", Reach.ACCOUNT),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": Rule(
        ("awsServiceName", "customSuffix"),
        "InvalidInput: Service role for {awsServiceName} has been taken in this account, please try a different suffix.",
        Reach.ACCOUNT,
    ),
    "aws:iam/user:User": _iam("User"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": Rule(
        ("name",), "ResourceInUseException: Firehose {name} under accountId {account} already exists"
    ),
    "aws:kms/alias:Alias": Rule(
        ("name",), "AlreadyExistsException: An alias with the name arn:aws:kms:{region}:{account}:{name} already exists"
    ),
    "aws:lambda/function:Function": Rule(("name",), "ResourceConflictException: Function already exist: {name}"),
    "aws:lb/loadBalancer:LoadBalancer": Rule(("name",), "DuplicateLoadBalancerName: A load balancer with the name '{name}' already exists"),
    "aws:lb/targetGroup:TargetGroup": Rule(("name",), "DuplicateTargetGroupName: A target group with the name '{name}' already exists"),
    "aws:macie2/account:Account": Rule((), "ConflictException: Macie has already been enabled"),
    "aws:rds/cluster:Cluster": Rule(("clusterIdentifier",), "DBClusterAlreadyExistsFault: DB Cluster already exists: {clusterIdentifier}"),
    "aws:rds/instance:Instance": Rule(("identifier",), "DBInstanceAlreadyExists: DB instance already exists: {identifier}"),
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:secretsmanager/secret:Secret": Rule(
        ("name",), "ResourceExistsException: The operation failed because the secret {name} already exists."
    ),
    "aws:securityhub/account:Account": Rule((), "ResourceConflictException: Account is already subscribed to Security Hub"),
    "aws:sns/topic:Topic": Rule(
        ("name",), "InvalidParameter: Invalid parameter: Attributes Reason: Topic already exists with different attributes: {name}"
    ),
    "aws:sqs/queue:Queue": Rule(
        ("name",), "QueueAlreadyExists: A queue already exists with the same name and a different value for an attribute: {name}"
    ),
    "aws:ssm/document:Document": Rule(("name",), "DocumentAlreadyExists: Document with name {name} already exists."),
    "aws:ssm/parameter:Parameter": Rule(
        ("name",),
        "ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true: {name}",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Rule(
        ("securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"),
        "InvalidPermission.Duplicate: the specified rule already exists",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Rule(
        ("securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"),
        "InvalidPermission.Duplicate: the specified rule already exists",
    ),
    "gcp:artifactregistry/repository:Repository": _gcp("location", "repositoryId"),
    "gcp:container/cluster:Cluster": _gcp("location", "name"),
    "gcp:container/nodePool:NodePool": _gcp("location", "cluster", "name"),
    "gcp:kms/cryptoKey:CryptoKey": _gcp("keyRing", "name"),
    "gcp:kms/keyRing:KeyRing": _gcp("location", "name"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": _gcp("location", "bucketId"),
    "gcp:organizations/project:Project": _gcp("projectId", reach=Reach.GLOBAL),
    "gcp:privilegedaccessmanager/entitlement:entitlement": _gcp("parent", "location", "entitlementId"),
    "gcp:projects/iAMCustomRole:IAMCustomRole": _gcp("roleId"),
    "gcp:secretmanager/secret:Secret": _gcp("secretId"),
    "gcp:serviceaccount/account:Account": _gcp("accountId"),
    "gcp:storage/bucket:Bucket": Rule(
        ("name",),
        "googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all users of the system: {name}, conflict",
        Reach.GLOBAL,
    ),
}

_NOT_UNIQUE = re.compile(
    r"aws:(amplify/app|apigateway/restApi|apigatewayv2/api|appsync/graphQLApi|cognito/userPool|cognito/userPoolClient|route53/zone"
    r"|route53/record|efs/|ec2/customerGateway|cloudwatch/metricAlarm|cloudwatch/compositeAlarm|cloudwatch/eventRule|cloudwatch/dashboard"
    r"|cloudwatch/logMetricFilter|cloudwatch/logSubscriptionFilter|cloudwatch/logResourcePolicy|cfg/rule|iam/rolePolicy|iam/userPolicy"
    r"|iam/groupPolicy|iam/policyAttachment|ssm/patchBaseline|ssm/maintenanceWindow|ssm/association|iot/|opsworks/|directoryservice/|guardduty/detectorFeature|sagemaker/workteam)"
    r"|gcp:(monitoring/|projects/service:|.*(?:IAM|Iam)(?:Member|Binding|Policy|AuditConfig)$)"
)
_PARENT = re.compile(r"(Id|Arn|Name)$")
_NEVER_DELETED = frozenset({"gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"})


def identity(resource: Resource, inputs: Properties, scope: Scope) -> Identity | None:
    """What must be unique about this object; None when nothing must, or when it is not known yet."""
    rule = _RULES.get(resource.token) or _general_rule(resource)
    if rule is None:
        return None
    given = {name: unwrap(inputs.get(name)) for name in rule.properties}
    if rule.properties and (all(value is None for value in given.values()) or any(has_unknown(value) for value in given.values())):
        return None
    name = named_property(resource)
    if name in rule.properties and given[name] is None:
        return None  # the provider makes the name, from a prefix or by chance
    family = rule.family or resource.token
    places = {Reach.GLOBAL: (), Reach.ACCOUNT: (scope.account,), Reach.REGION: (scope.account, scope.region)}
    return Identity(
        key="|".join([family, *places[rule.reach], *(_text(given[name]) for name in rule.properties)]),
        error=rule.error.format_map(
            _Words({name: _text(unwrap(value)) for name, value in inputs.items()}, account=scope.account, region=scope.region)
        ),
    )


def identifying_properties(resource: Resource) -> frozenset[str]:
    """The inputs that name the object: another value means another object."""
    rule = _RULES.get(resource.token)
    return frozenset(rule.properties if rule else ()) | ({"name"} & resource.inputs.keys())


def outlives_deletion(resource: Resource) -> bool:
    """Whether the name stays taken after a delete, as with key rings and keys of Google Cloud."""
    return resource.token in _NEVER_DELETED


def _general_rule(resource: Resource) -> Rule | None:
    if "name" not in resource.inputs or _NOT_UNIQUE.match(resource.token):
        return None
    parents = [
        name
        for name, field in sorted(resource.inputs.items())
        if field.type.kind is Kind.STRING
        and name not in {"name", "region", "project"}
        and (field.required or _PARENT.search(name) or name == "location")
    ]
    if resource.token.startswith("gcp:"):
        return Rule(("name", *parents), _GCP_EXISTS)
    return Rule(("name", *parents), "ResourceAlreadyExistsException: {name} already exists")


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _text(value: Value) -> str:
    return "" if value is None else str(value)
