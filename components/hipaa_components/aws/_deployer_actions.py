"""What a deployer calls for each type of resource: to create, read, change, tag and delete it.

From the service authorization reference of AWS and from what the AWS provider asks for when it refreshes a resource.
The deletion of records has a table of its own: only a deployer of synthetic data ever needs it.
"""

from typing import Final


def _of(service: str, *names: str) -> tuple[str, ...]:
    """`ec2:CreateVpc` out of `CreateVpc`, whitespace between several."""
    return tuple(f"{service}:{name}" for group in names for name in group.split())


_TAG_EC2 = "CreateTags DeleteTags"
_TAG = "ListTagsForResource TagResource UntagResource"
_PASS = ("iam:GetRole", "iam:PassRole")
_SERVICE_ROLE = ("iam:CreateServiceLinkedRole",)
_GRANT = ("kms:CreateGrant", "kms:DescribeKey")
"""What a service that encrypts with a key of the account needs from whoever makes its resource (KMS developer guide, grants)."""
_VOLUME_KEY = (*_GRANT, "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo")
"""The same for encrypted volumes of an instance (EBS user guide, permissions)."""
_RULES = (
    "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress DescribeSecurityGroupRules DescribeSecurityGroups "
    "ModifySecurityGroupRules RevokeSecurityGroupEgress RevokeSecurityGroupIngress"
)
_PLACE = "DescribeSecurityGroups DescribeSubnets DescribeVpcs"
_LEFT_INTERFACES = "DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface"
"""Interfaces that services left in a subnet or group, which the provider removes before it deletes that."""
_LOG_DELIVERY = _of(
    "logs",
    "CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery ListLogDeliveries "
    "PutResourcePolicy UpdateLogDelivery",
)

_EC2: Final = {
    "aws:ec2/defaultRouteTable:DefaultRouteTable": _of("ec2", "CreateRoute DeleteRoute DescribeRouteTables", _TAG_EC2),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _of("ec2", _RULES, _TAG_EC2),
    "aws:ec2/eip:Eip": _of(
        "ec2", "AllocateAddress DescribeAddresses DescribeAddressesAttribute DisassociateAddress ReleaseAddress", _TAG_EC2
    ),
    "aws:ec2/flowLog:FlowLog": (*_of("ec2", "CreateFlowLogs DeleteFlowLogs DescribeFlowLogs", _TAG_EC2), *_PASS),
    "aws:ec2/instance:Instance": (
        *_of(
            "ec2",
            "DescribeImages DescribeInstanceAttribute DescribeInstanceCreditSpecifications DescribeInstanceTypes DescribeInstances",
            "DescribeNetworkInterfaces DescribeTags DescribeVolumes ModifyInstanceAttribute ModifyInstanceMetadataOptions",
            "MonitorInstances RunInstances StartInstances StopInstances TerminateInstances",
            _PLACE,
            _TAG_EC2,
        ),
        "iam:GetInstanceProfile",
        "ssm:GetParameter",
        *_PASS,
        *_VOLUME_KEY,
    ),
    "aws:ec2/internetGateway:InternetGateway": _of(
        "ec2", "AttachInternetGateway CreateInternetGateway DeleteInternetGateway DescribeInternetGateways DetachInternetGateway", _TAG_EC2
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _of(
        "ec2",
        "CreateLaunchTemplate CreateLaunchTemplateVersion DeleteLaunchTemplate DescribeLaunchTemplateVersions DescribeLaunchTemplates",
        "ModifyLaunchTemplate",
        _TAG_EC2,
    ),
    "aws:ec2/natGateway:NatGateway": _of("ec2", "CreateNatGateway DeleteNatGateway DescribeNatGateways", _TAG_EC2),
    "aws:ec2/networkAcl:NetworkAcl": _of(
        "ec2",
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry DescribeNetworkAcls DescribeSubnets",
        "ReplaceNetworkAclAssociation ReplaceNetworkAclEntry",
        _TAG_EC2,
    ),
    "aws:ec2/route:Route": _of("ec2", "CreateRoute DeleteRoute DescribeRouteTables ReplaceRoute"),
    "aws:ec2/routeTable:RouteTable": _of("ec2", "CreateRouteTable DeleteRouteTable DescribeRouteTables DisassociateRouteTable", _TAG_EC2),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _of(
        "ec2", "AssociateRouteTable DescribeRouteTables DisassociateRouteTable ReplaceRouteTableAssociation"
    ),
    "aws:ec2/securityGroup:SecurityGroup": _of("ec2", "CreateSecurityGroup DeleteSecurityGroup", _RULES, _LEFT_INTERFACES, _TAG_EC2),
    "aws:ec2/subnet:Subnet": _of(
        "ec2", "CreateSubnet DeleteSubnet DescribeAvailabilityZones DescribeSubnets ModifySubnetAttribute", _LEFT_INTERFACES, _TAG_EC2
    ),
    "aws:ec2/vpc:Vpc": _of(
        "ec2",
        "CreateVpc DeleteVpc DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups DescribeVpcAttribute DescribeVpcs",
        "ModifyVpcAttribute",
        _TAG_EC2,
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        *_of(
            "ec2",
            "CreateVpcEndpoint DeleteVpcEndpoints DescribePrefixLists DescribeRouteTables DescribeVpcEndpoints ModifyVpcEndpoint",
            _PLACE,
            _TAG_EC2,
        ),
        "route53:AssociateVPCWithHostedZone",
    ),
    "aws:ec2clientvpn/authorizationRule:AuthorizationRule": _of(
        "ec2", "AuthorizeClientVpnIngress DescribeClientVpnAuthorizationRules RevokeClientVpnIngress"
    ),
    "aws:ec2clientvpn/endpoint:Endpoint": (
        *_of(
            "ec2",
            "CreateClientVpnEndpoint DeleteClientVpnEndpoint DescribeClientVpnEndpoints ModifyClientVpnEndpoint",
            _PLACE,
            _TAG_EC2,
        ),
        "acm:DescribeCertificate",
        *_of("logs", "DescribeLogGroups DescribeLogStreams"),
        *_SERVICE_ROLE,
    ),
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation": _of(
        "ec2", "AssociateClientVpnTargetNetwork DescribeClientVpnTargetNetworks DescribeSubnets DisassociateClientVpnTargetNetwork"
    ),
    "aws:networkfirewall/firewall:Firewall": (
        *_of(
            "network-firewall",
            "AssociateFirewallPolicy AssociateSubnets CreateFirewall DeleteFirewall DescribeFirewall DisassociateSubnets",
            "UpdateFirewallAnalysisSettings UpdateFirewallDeleteProtection UpdateFirewallDescription UpdateFirewallEncryptionConfiguration",
            "UpdateFirewallPolicyChangeProtection UpdateSubnetChangeProtection",
            _TAG,
        ),
        # Its endpoints come with the rights of its caller.
        *_of(
            "ec2",
            "CreateVpcEndpoint DeleteVpcEndpoints DescribeAccountAttributes DescribeRouteTables DescribeSubnets DescribeVpcEndpoints",
            "DescribeVpcs",
        ),
        *_SERVICE_ROLE,
    ),
    "aws:networkfirewall/firewallPolicy:FirewallPolicy": _of(
        "network-firewall", "CreateFirewallPolicy DeleteFirewallPolicy DescribeFirewallPolicy UpdateFirewallPolicy", _TAG
    ),
    "aws:networkfirewall/loggingConfiguration:LoggingConfiguration": (
        *_of("network-firewall", "DescribeLoggingConfiguration UpdateLoggingConfiguration"),
        *_LOG_DELIVERY,
    ),
    "aws:networkfirewall/ruleGroup:RuleGroup": _of(
        "network-firewall", "CreateRuleGroup DeleteRuleGroup DescribeRuleGroup UpdateRuleGroup", _TAG
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _of("ec2", "DescribePrefixLists", _RULES, _TAG_EC2),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _of("ec2", _RULES, _TAG_EC2),
}

_CLUSTERS: Final = {
    "aws:codebuild/project:Project": (
        *_of("codebuild", "BatchGetProjects CreateProject DeleteProject UpdateProject"),
        *_of("ec2", _PLACE),
        *_PASS,
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _of("ecr", "DeleteLifecyclePolicy GetLifecyclePolicy PutLifecyclePolicy"),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": (
        *_of("ecr", "CreatePullThroughCacheRule DeletePullThroughCacheRule DescribePullThroughCacheRules UpdatePullThroughCacheRule"),
        *_SERVICE_ROLE,
    ),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": (
        *_of("ecr", "GetRegistryScanningConfiguration PutRegistryScanningConfiguration"),
        *_of("inspector2", "Enable ListAccountPermissions"),
        *_SERVICE_ROLE,
    ),
    "aws:ecr/repository:Repository": (
        *_of("ecr", "CreateRepository DeleteRepository DescribeRepositories PutImageScanningConfiguration PutImageTagMutability", _TAG),
        *_GRANT,
    ),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": (
        *_of(
            "ecr",
            "CreateRepository CreateRepositoryCreationTemplate DeleteRepositoryCreationTemplate DescribeRepositoryCreationTemplates",
            "PutLifecyclePolicy SetRepositoryPolicy TagResource UpdateRepositoryCreationTemplate",
        ),
        *_PASS,
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _of("ecr", "DeleteRepositoryPolicy GetRepositoryPolicy SetRepositoryPolicy"),
    "aws:eks/accessEntry:AccessEntry": (
        *_of("eks", "CreateAccessEntry DeleteAccessEntry DescribeAccessEntry UpdateAccessEntry", _TAG),
        "iam:GetRole",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": _of(
        "eks", "AssociateAccessPolicy DisassociateAccessPolicy ListAssociatedAccessPolicies"
    ),
    "aws:eks/addon:Addon": (
        *_of("eks", "CreateAddon DeleteAddon DescribeAddon DescribeAddonVersions DescribeUpdate UpdateAddon", _TAG),
        *_of(
            "eks", "CreatePodIdentityAssociation DeletePodIdentityAssociation DescribePodIdentityAssociation UpdatePodIdentityAssociation"
        ),
        *_PASS,
    ),
    "aws:eks/cluster:Cluster": (
        *_of("eks", "CreateCluster DeleteCluster DescribeCluster DescribeUpdate UpdateClusterConfig UpdateClusterVersion", _TAG),
        *_of("ec2", "DescribeAccountAttributes", _PLACE),
        *_PASS,
        *_SERVICE_ROLE,
        *_GRANT,
    ),
    "aws:eks/identityProviderConfig:IdentityProviderConfig": _of(
        "eks",
        "AssociateIdentityProviderConfig DescribeIdentityProviderConfig DescribeUpdate DisassociateIdentityProviderConfig",
        _TAG,
    ),
    # EKS tries the launch template with the rights of its caller (EKS user guide, launch template support).
    "aws:eks/nodeGroup:NodeGroup": (
        *_of("eks", "CreateNodegroup DeleteNodegroup DescribeNodegroup DescribeUpdate UpdateNodegroupConfig UpdateNodegroupVersion", _TAG),
        *_of(
            "ec2",
            "CreateTags DescribeAccountAttributes DescribeInstanceTypes DescribeLaunchTemplateVersions DescribeLaunchTemplates",
            "DescribeSubnets RunInstances",
        ),
        "iam:ListAttachedRolePolicies",
        *_PASS,
        *_SERVICE_ROLE,
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (
        *_of(
            "eks",
            "CreatePodIdentityAssociation DeletePodIdentityAssociation DescribePodIdentityAssociation UpdatePodIdentityAssociation",
            _TAG,
        ),
        *_PASS,
    ),
    "aws:guardduty/detector:Detector": (*_of("guardduty", "CreateDetector GetDetector UpdateDetector", _TAG), *_SERVICE_ROLE),
    "aws:guardduty/detectorFeature:DetectorFeature": (*_of("guardduty", "GetDetector UpdateDetector"), *_SERVICE_ROLE),
    "aws:ssm/document:Document": _of(
        "ssm",
        "AddTagsToResource CreateDocument DeleteDocument DescribeDocument DescribeDocumentPermission GetDocument ListTagsForResource",
        "RemoveTagsFromResource UpdateDocument UpdateDocumentDefaultVersion",
    ),
}

_RECORDS: Final = {
    "aws:cloudtrail/trail:Trail": (
        *_of(
            "cloudtrail",
            "AddTags CreateTrail DescribeTrails GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags",
            "PutEventSelectors RemoveTags StartLogging UpdateTrail",
        ),
        *_PASS,
    ),
    "aws:cloudwatch/eventRule:EventRule": _of("events", "DeleteRule DescribeRule PutRule", _TAG),
    "aws:cloudwatch/eventTarget:EventTarget": _of("events", "ListTargetsByRule PutTargets RemoveTargets"),
    "aws:cloudwatch/logGroup:LogGroup": _of(
        "logs", "AssociateKmsKey CreateLogGroup DescribeLogGroups PutLogGroupDeletionProtection PutRetentionPolicy", _TAG
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _of("logs", "DeleteMetricFilter DescribeMetricFilters PutMetricFilter"),
    "aws:cloudwatch/logStream:LogStream": _of("logs", "CreateLogStream DescribeLogStreams"),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": (
        *_of("logs", "DescribeSubscriptionFilters PutSubscriptionFilter"),
        *_PASS,
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _of("cloudwatch", "DeleteAlarms DescribeAlarms PutMetricAlarm", _TAG),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
        *_of(
            "firehose",
            "CreateDeliveryStream DescribeDeliveryStream ListTagsForDeliveryStream StartDeliveryStreamEncryption TagDeliveryStream",
            "UntagDeliveryStream UpdateDestination",
        ),
        *_PASS,
        *_GRANT,
    ),
    "aws:kms/alias:Alias": _of("kms", "CreateAlias DeleteAlias ListAliases UpdateAlias"),
    "aws:kms/key:Key": _of(
        "kms",
        "CreateKey DescribeKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy TagResource",
        "UntagResource UpdateKeyDescription",
    ),
    "aws:s3/bucket:Bucket": _of(
        "s3",
        "CreateBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging",
        "GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning",
        "GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket",
        "ListTagsForResource PutBucketObjectLockConfiguration PutBucketTagging PutBucketVersioning TagResource UntagResource",
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _of("s3", "GetLifecycleConfiguration PutLifecycleConfiguration"),
    "aws:s3/bucketLogging:BucketLogging": _of("s3", "GetBucketLogging PutBucketLogging"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _of(
        "s3", "GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration"
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _of("s3", "GetBucketOwnershipControls PutBucketOwnershipControls"),
    "aws:s3/bucketPolicy:BucketPolicy": _of("s3", "GetBucketPolicy PutBucketPolicy"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _of("s3", "GetBucketPublicAccessBlock PutBucketPublicAccessBlock"),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": (
        *_of("s3", "GetReplicationConfiguration PutReplicationConfiguration"),
        *_PASS,
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _of(
        "s3", "GetEncryptionConfiguration PutEncryptionConfiguration"
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _of("s3", "GetBucketVersioning PutBucketVersioning"),
    "aws:secretsmanager/secret:Secret": _of(
        "secretsmanager", "CreateSecret DescribeSecret GetResourcePolicy TagResource UntagResource UpdateSecret"
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": _of(
        "secretsmanager", "DeleteResourcePolicy DescribeSecret GetResourcePolicy PutResourcePolicy ValidateResourcePolicy"
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": (
        *_of("secretsmanager", "CancelRotateSecret DescribeSecret RotateSecret"),
        "lambda:InvokeFunction",
    ),
    "aws:sns/topic:Topic": _of("sns", "CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes", _TAG),
    "aws:sns/topicPolicy:TopicPolicy": _of("sns", "GetTopicAttributes SetTopicAttributes"),
    "aws:sns/topicSubscription:TopicSubscription": _of(
        "sns", "GetSubscriptionAttributes ListSubscriptionsByTopic SetSubscriptionAttributes Subscribe Unsubscribe"
    ),
}

_IDENTITIES: Final = {
    "aws:iam/instanceProfile:InstanceProfile": _of(
        "iam",
        "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile PassRole RemoveRoleFromInstanceProfile",
        "TagInstanceProfile UntagInstanceProfile",
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _of(
        "iam",
        "AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint",
    ),
    "aws:iam/role:Role": _of(
        "iam",
        "CreateRole DeleteRole GetRole ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies",
        "PutRolePermissionsBoundary TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
    ),
    "aws:iam/rolePolicy:RolePolicy": _of("iam", "DeleteRolePolicy GetRolePolicy PutRolePolicy"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _of("iam", "AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies"),
    "aws:iam/samlProvider:SamlProvider": _of(
        "iam", "CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider TagSAMLProvider UntagSAMLProvider UpdateSAMLProvider"
    ),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": _of("iam", "CreateServiceLinkedRole GetRole TagRole UntagRole UpdateRole"),
}

ACTIONS: Final = {**_EC2, **_CLUSTERS, **_RECORDS, **_IDENTITIES}
"""Type of resource -> the actions that a deployer calls for it, less those of DESTRUCTION."""

DESTRUCTION: Final = {
    "aws:cloudtrail/trail:Trail": _of("cloudtrail", "DeleteTrail"),
    "aws:cloudwatch/logGroup:LogGroup": _of("logs", "DeleteLogGroup"),
    "aws:cloudwatch/logStream:LogStream": _of("logs", "DeleteLogStream"),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": _of("logs", "DeleteSubscriptionFilter"),
    "aws:guardduty/detector:Detector": _of("guardduty", "DeleteDetector"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": _of("iam", "DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": _of("firehose", "DeleteDeliveryStream"),
    "aws:kms/key:Key": _of("kms", "ScheduleKeyDeletion"),
    "aws:s3/bucket:Bucket": _of(
        "s3", "BypassGovernanceRetention DeleteBucket DeleteObject DeleteObjectVersion GetObjectLegalHold ListBucketVersions"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _of("s3", "DeleteBucketPolicy"),
    "aws:secretsmanager/secret:Secret": _of("secretsmanager", "DeleteSecret"),
}
"""Type of record, or of what leads to it -> the actions that destroy it; components keep or protect every resource of these."""
