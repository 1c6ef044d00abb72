"""Secure defaults of every component, asserted on the reference stack of a regulated vendor.

The table is the list of promises. It is sealed: a switch that any component turns on or off and that no row names fails
the suite, and each row is proved by turning its value around.
"""

import base64
import re
from typing import Any, NamedTuple

import pytest
from pulumi.runtime import rpc

from hipaa_components.aws import (
    AwsAuditAlerts,
    AwsAuditArchive,
    AwsBreakGlassRole,
    AwsImageMirror,
    AwsPrivateAccess,
    AwsThreatDetection,
    EksPlatform,
)
from hipaa_components.package import components

ABSENT = object()
"""The input is not there at all."""

KEY_ARN = "arn:aws:aws:us-east-1:123456789012:Key/p-{}-key".format
LOG_ARN = "arn:aws:logs:us-east-1:123456789012:log-group:{}".format
BOTTLEROCKET = b"""[settings.host-containers.admin]
enabled = false

[settings.kernel]
lockdown = "integrity"
"""


class Promise(NamedTuple):
    """An input that has one secure value wherever a resource of the type has this name."""

    title: str
    type: str
    path: str
    """Steps joined by `/`; `*` is every item of a list, a leading `options/` leads to the resource's options."""
    expected: Any
    names: str = ""
    """Pattern of the names of the resources; all of the type if empty."""


KEY = "aws:kms/key:Key"
SECRET = "aws:secretsmanager/secret:Secret"
BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
AUDIT_KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
"""The key that the archive and the alerts are given here."""
OWNERS_KEY = "arn:aws:kms:us-east-1:210987654321:key/11111111-2222-3333-4444-555555555555"
"""The key of the other account that owns the archive of the stack."""
DETECTOR = "aws:guardduty/detector:Detector"
FEATURE = "aws:guardduty/detectorFeature:DetectorFeature"
REPOSITORY = "aws:ecr/repository:Repository"
TEMPLATE_OF_REPOSITORIES = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
CLUSTER = "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"
NODES = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
VPN = "aws:ec2clientvpn/endpoint:Endpoint"
BUILDS = "aws:codebuild/project:Project"
TRAIL = "aws:cloudtrail/trail:Trail"
DOCUMENT = "aws:ssm/document:Document"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
FLOW = "aws:ec2/flowLog:FlowLog"
ENTRY = "aws:eks/accessEntry:AccessEntry"
NAMESPACE = "kubernetes:core/v1:Namespace"
ACCOUNT = "kubernetes:core/v1:ServiceAccountPatch"
QUOTA = "kubernetes:core/v1:ResourceQuota"
CRON_JOB = "kubernetes:batch/v1:CronJob"
REAPER = "spec/jobTemplate/spec/template/spec"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
STORAGE = "kubernetes:storage.k8s.io/v1:StorageClass"
CHART = "kubernetes:helm.sh/v4:Chart"
DEFINITIONS = "kubernetes:yaml/v2:ConfigFile"
PROVIDER = "pulumi:providers:kubernetes"
PATIENTS = "-(clinic|billing)-"
CNI = "configurationValues/JSON"
PSS = "metadata/labels/pod-security.kubernetes.io"

PROMISES = [
    # Keys
    Promise("Keys rotate", KEY, "enableKeyRotation", True),
    Promise("Keys rotate every year", KEY, "rotationPeriodInDays", 365),
    Promise("A key is destroyed after the longest wait", KEY, "deletionWindowInDays", 30),
    Promise("No key policy locks the account out", KEY, "bypassPolicyLockoutSafetyCheck", False),
    Promise("Keys are protected", KEY, "options/protect", True),
    Promise("Keys stay when the stack goes", KEY, "options/retainOnDelete", True),
    # Secrets
    Promise("A deleted secret can be restored for the longest time", SECRET, "recoveryWindowInDays", 30),
    Promise("Secrets are protected", SECRET, "options/protect", True),
    Promise("Secrets stay when the stack goes", SECRET, "options/retainOnDelete", True),
    Promise("No policy opens a secret to the public", "aws:secretsmanager/secretPolicy:SecretPolicy", "blockPublicPolicy", True),
    Promise("A secret without a value is not rotated", "aws:secretsmanager/secretRotation:SecretRotation", "rotateImmediately", False),
    # Emergency access
    Promise("Every use of emergency access is heard of", "aws:cloudwatch/eventRule:EventRule", "state", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "^(AwsBreakGlassRole|p-break-glass)-"),
    Promise("Emergency access lasts an hour", "aws:iam/role:Role", "maxSessionDuration", 3600, "^(AwsBreakGlassRole|p-break-glass)-"),
    # The way to the API server
    Promise("The forwarder has no public address", INSTANCE, "associatePublicIpAddress", False),
    Promise("The forwarder has no SSH key", INSTANCE, "keyName", ABSENT),
    Promise("Metadata of the forwarder asks for tokens", INSTANCE, "metadataOptions/httpTokens", "required"),
    Promise("Metadata of the forwarder stays on it", INSTANCE, "metadataOptions/httpPutResponseHopLimit", 1),
    Promise("Metadata of the forwarder holds no tags", INSTANCE, "metadataOptions/instanceMetadataTags", "disabled"),
    Promise("The forwarder's disk is encrypted", INSTANCE, "rootBlockDevice/encrypted", True),
    Promise("The forwarder's disk is encrypted with its key", INSTANCE, "rootBlockDevice/kmsKeyId", AUDIT_KEY),
    Promise("The forwarder's disk goes with it", INSTANCE, "rootBlockDevice/deleteOnTermination", True),
    Promise("The forwarder is monitored", INSTANCE, "monitoring", True),
    Promise("Nothing connects to the forwarder", SECURITY_GROUP, "ingress", ABSENT, "-forwarder$"),
    Promise("Sessions forward a port and have no shell", DOCUMENT, "content/JSON/sessionType", "Port"),
    Promise("Sessions forward to HTTPS only", DOCUMENT, "content/JSON/properties/portNumber", "443"),
    Promise("Sessions forward to cluster endpoints only", DOCUMENT, "content/JSON/parameters/host/allowedPattern", r"^[A-Za-z0-9]{32}\.[a-z0-9]+\.us-east-1\.eks\.amazonaws\.com$"),
    Promise("Operators have their role for an hour", "aws:iam/role:Role", "maxSessionDuration", 3600, "-operator$"),
    Promise("The VPN logs every connection", VPN, "connectionLogOptions/enabled", True),
    Promise("What is not meant for the network stays out of the tunnel", VPN, "splitTunnel", True),
    Promise("No device routes around the tunnel", VPN, "clientRouteEnforcementOptions/enforced", True),
    Promise("Nobody downloads a configuration by themselves", VPN, "selfServicePortal", "disabled"),
    Promise("A working day ends the connection", VPN, "disconnectOnSessionTimeout", True),
    Promise("Containers of builds have no privileges", BUILDS, "environment/privilegedMode", False),
    Promise("Builds are logged", BUILDS, "logsConfig/cloudwatchLogs/status", "ENABLED"),
    Promise("Builds are logged in one place", BUILDS, "logsConfig/s3Logs/status", "DISABLED"),
    Promise("The state of builds is not public", BUILDS, "badgeEnabled", False),
    # Logs
    Promise("Calls to the AWS API are recorded", TRAIL, "enableLogging", True),
    Promise("Those of every region are", TRAIL, "isMultiRegionTrail", True),
    Promise("Those of services without a region are, too", TRAIL, "includeGlobalServiceEvents", True),
    Promise("Who changes the record is found out", TRAIL, "enableLogFileValidation", True),
    Promise("The record is encrypted with its key", TRAIL, "kmsKeyId", KEY_ARN("logs")),
    Promise("The trail is protected", TRAIL, "options/protect", True),
    Promise("Audit logs are kept six years", GROUP, "retentionInDays", 2192, "/aws/eks/"),
    Promise("Flow logs are kept thirteen months", GROUP, "retentionInDays", 400, "vpc-flow"),
    Promise("Logs are encrypted with their key", GROUP, "kmsKeyId", KEY_ARN("logs"), "^p-"),
    Promise("Logs of failed deliveries are encrypted with their key", GROUP, "kmsKeyId", AUDIT_KEY, "^AwsAuditArchive-"),
    Promise("Logs cannot be deleted in AWS", GROUP, "deletionProtectionEnabled", True),
    Promise("Logs outlive a destroy", GROUP, "skipDestroy", True),
    Promise("Logs are protected", GROUP, "options/protect", True),
    Promise("Logs stay when the stack goes", GROUP, "options/retainOnDelete", True),
    Promise("Every log type of the control plane is on", CLUSTER, "enabledClusterLogTypes", ["api", "audit", "authenticator", "controllerManager", "scheduler"]),
    Promise("The cluster waits for its log group", CLUSTER, "tags/hipaa-stack:audit-log-group", LOG_ARN("/aws/eks/clinic/cluster")),
    # The archive of audit logs, and alerts
    Promise("Nobody makes an object public by its list of rights", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicAcls", True),
    Promise("Nobody makes a bucket public by its policy", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "blockPublicPolicy", True),
    Promise("Public lists of rights count for nothing", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "ignorePublicAcls", True),
    Promise("Public policies let nobody else in", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "restrictPublicBuckets", True),
    Promise("Objects belong to the owner of the bucket", "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule/objectOwnership", "BucketOwnerEnforced"),
    Promise("Objects are never overwritten", "aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration/status", "Enabled"),
    Promise("What lands and is archived is encrypted with its key", ENCRYPTION, "rules/*/applyServerSideEncryptionByDefault/kmsMasterKeyId", AUDIT_KEY, "^AwsAuditArchive-(landing|archive)$"),
    Promise("What lands of a platform is encrypted with its key", ENCRYPTION, "rules/*/applyServerSideEncryptionByDefault/kmsMasterKeyId", KEY_ARN("logs"), "^p-archive-landing$"),
    Promise("Access logs are encrypted as S3 can", ENCRYPTION, "rules/*/applyServerSideEncryptionByDefault/sseAlgorithm", "AES256", "-access$"),
    Promise("S3 asks for the key once for many objects", ENCRYPTION, "rules/*/bucketKeyEnabled", True, "-(landing|archive|state)$"),
    Promise("No object has a key that only its writer knows", ENCRYPTION, "rules/*/blockedEncryptionTypes", ["SSE-C"]),
    Promise("Buckets with objects cannot be destroyed", BUCKET, "forceDestroy", False),
    Promise("The archive can be locked", BUCKET, "objectLockEnabled", True, "-archive$"),
    Promise("What S3 cannot log to, and what changes, is not locked", BUCKET, "objectLockEnabled", False, "-(access|landing|state)$"),
    Promise("Buckets are protected", BUCKET, "options/protect", True),
    Promise("Buckets stay when the stack goes", BUCKET, "options/retainOnDelete", True),
    Promise("The archive keeps objects from deletion", LOCK, "objectLockEnabled", "Enabled"),
    Promise("The archive keeps objects six years", LOCK, "rule/defaultRetention/days", 2192),
    Promise("No first deployment locks for good", LOCK, "rule/defaultRetention/mode", "GOVERNANCE"),
    Promise("The lock is protected", LOCK, "options/protect", True),
    Promise("Everything that lands is replicated", REPLICATION, "rules/*/status", "Enabled"),
    Promise("Replication takes encrypted objects, too", REPLICATION, "rules/*/sourceSelectionCriteria/sseKmsEncryptedObjects/status", "Enabled"),
    Promise("What is deleted where it landed stays in the archive", REPLICATION, "rules/*/deleteMarkerReplication/status", "Disabled"),
    Promise("Replicas come within minutes", REPLICATION, "rules/*/destination/replicationTime/status", "Enabled"),
    Promise("Late replicas are counted", REPLICATION, "rules/*/destination/metrics/status", "Enabled"),
    Promise("Replicas are encrypted with their key", REPLICATION, "rules/*/destination/encryptionConfiguration/replicaKmsKeyId", AUDIT_KEY, "^AwsAuditArchive-"),
    Promise("Replicas of a platform are encrypted with the key of their owner", REPLICATION, "rules/*/destination/encryptionConfiguration/replicaKmsKeyId", OWNERS_KEY, "^p-"),
    Promise("The stream is encrypted", STREAM, "serverSideEncryption/enabled", True),
    Promise("The stream is encrypted with its key", STREAM, "serverSideEncryption/keyArn", AUDIT_KEY, "^AwsAuditArchive-"),
    Promise("The stream of a platform is encrypted with its key", STREAM, "serverSideEncryption/keyArn", KEY_ARN("logs"), "^p-"),
    Promise("Failed deliveries are logged", STREAM, "extendedS3Configuration/cloudwatchLoggingOptions/enabled", True),
    Promise("The stream is protected", STREAM, "options/protect", True),
    Promise("Old and unfinished uploads are cleaned up", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules/*/status", "Enabled"),
    Promise("The archive lets nothing expire", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules/*/expiration", ABSENT, "-archive$"),
    Promise("Alarms tell somebody", ALARM, "actionsEnabled", True),
    Promise("An audit log that is silent alerts", ALARM, "treatMissingData", "breaching", "-silence$"),
    Promise("Alarms are on the sum of an expression", ALARM, "metricQueries/*/returnData", True, "-subscription-errors$"),
    Promise("Alarms cannot be destroyed by mistake", ALARM, "options/protect", True),
    Promise("Changes of safeguards are heard of", "aws:cloudwatch/eventRule:EventRule", "state", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "^(AwsAuditAlerts|p-alerts)-"),
    Promise("Alerts are encrypted with their key", "aws:sns/topic:Topic", "kmsMasterKeyId", AUDIT_KEY, "^AwsAuditAlerts-"),
    Promise("Alerts of a platform are encrypted with its key", "aws:sns/topic:Topic", "kmsMasterKeyId", KEY_ARN("logs"), "^p-"),
    Promise("Alerts are signed with SHA-256", "aws:sns/topic:Topic", "signatureVersion", 2),
    # State and deployer
    Promise("States are encrypted with their key", ENCRYPTION, "rules/*/applyServerSideEncryptionByDefault/kmsMasterKeyId", KEY_ARN("state").replace("/p-", "/AwsStateBackend-"), "-state$"),
    Promise("Who reads a state is on record", "aws:s3/bucketLogging:BucketLogging", "targetBucket", "AwsStateBackend-access-20260101", "^AwsStateBackend-"),
    Promise("Former states stay a year", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules/*/noncurrentVersionExpiration/noncurrentDays", 365, "-state$"),
    Promise("No state expires", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "rules/*/expiration", ABSENT, "-state$"),
    Promise("A deployer's session ends", "aws:iam/role:Role", "maxSessionDuration", 7200, "-deployer$"),
    Promise("The deployer is not one of the roles that it makes", "aws:iam/role:Role", "path", "/hipaa-stack-bootstrap/", "-deployer$"),
    Promise("All other roles are where a deployer may make them", "aws:iam/role:Role", "path", "/hipaa-stack/", "^(?!AwsStateBackend-)"),
    Promise("The deployer's role is protected", "aws:iam/role:Role", "options/protect", True, "-deployer$"),
    Promise("Its policies and its bounds are protected", "aws:iam/policy:Policy", "options/protect", True),
    Promise("No policy leaves the deployer by mistake", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "options/protect", True, "^AwsStateBackend-"),
    Promise("CI signs in for one audience", "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "clientIdLists", ["sts.amazonaws.com"]),
    # Detection of threats
    Promise("Threats are looked for", DETECTOR, "enable", True),
    Promise("Repeated findings are published within a quarter of an hour", DETECTOR, "findingPublishingFrequency", "FIFTEEN_MINUTES"),
    Promise("The detector is protected", DETECTOR, "options/protect", True),
    Promise("The detector stays when the stack goes", DETECTOR, "options/retainOnDelete", True),
    Promise("Audit logs and nodes are watched", FEATURE, "status", "ENABLED"),
    Promise("What is watched cannot leave the stack by mistake", FEATURE, "options/protect", True),
    Promise("No agent comes unmanaged", FEATURE, "additionalConfigurations/*/status", "DISABLED", "-runtime-monitoring$"),
    Promise("Findings are heard of", "aws:cloudwatch/eventRule:EventRule", "state", "ENABLED", "^(AwsThreatDetection|p-threats)-"),
    # Images
    Promise("A tag of an image of one's own never changes", REPOSITORY, "imageTagMutability", "IMMUTABLE"),
    Promise("Images of one's own are scanned", REPOSITORY, "imageScanningConfiguration/scanOnPush", True),
    Promise("Images of one's own are encrypted with their key", REPOSITORY, "encryptionConfigurations/*/kmsKey", AUDIT_KEY),
    Promise("A repository with images cannot be destroyed", REPOSITORY, "forceDelete", False),
    Promise("Repositories are protected", REPOSITORY, "options/protect", True),
    Promise("A tag of a mirrored image never changes", TEMPLATE_OF_REPOSITORIES, "imageTagMutability", "IMMUTABLE"),
    Promise("Mirrored images are encrypted with their key", TEMPLATE_OF_REPOSITORIES, "encryptionConfigurations/*/kmsKey", AUDIT_KEY, "^AwsImageMirror-"),
    Promise("Mirrored images of a platform are encrypted with its key", TEMPLATE_OF_REPOSITORIES, "encryptionConfigurations/*/kmsKey", KEY_ARN("volumes"), "^p-"),
    Promise("Images are scanned by Inspector", SCANNING, "scanType", "ENHANCED"),
    Promise("Images are scanned for what is found later, too", SCANNING, "rules/*/scanFrequency", "CONTINUOUS_SCAN"),
    Promise("The scanning of the registry is protected", SCANNING, "options/protect", True),
    # Network
    Promise("Every flow is logged", FLOW, "trafficType", "ALL"),
    Promise("Flows are logged within a minute", FLOW, "maxAggregationInterval", 60),
    Promise("Flows go to the encrypted group", FLOW, "logDestination", LOG_ARN("/hipaa-stack/clinic/vpc-flow")),
    Promise("Nothing gets a public IPv4 address", SUBNET, "mapPublicIpOnLaunch", False),
    Promise("Nothing gets an IPv6 address", SUBNET, "assignIpv6AddressOnCreation", False),
    Promise("The default security group admits nothing", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "ingress", []),
    Promise("The default security group lets nothing out", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "egress", []),
    Promise("The default route table leads nowhere", "aws:ec2/defaultRouteTable:DefaultRouteTable", "routes", []),
    Promise("Names of AWS services resolve to private endpoints", ENDPOINT, "privateDnsEnabled", True, "network-(?!s3$)"),
    Promise("Private names resolve", VPC, "enableDnsSupport", True),
    Promise("Private names are given", VPC, "enableDnsHostnames", True),
    Promise("Endpoints start no connection", SECURITY_GROUP, "egress", [], "-endpoints$"),
    Promise("Endpoints take connections from the network only", INGRESS, "cidrIpv4", "10.64.0.0/16", "-endpoints$"),
    Promise("HTTPS is all that is let in, from here", INGRESS, "fromPort", 443),
    Promise("HTTPS is all that is let in, to here", INGRESS, "toPort", 443),
    Promise("Nobody outside is let to the API server", SECURITY_GROUP, "ingress", ABSENT, "-api$"),
    # Cluster
    Promise("The API server is private", CLUSTER, "vpcConfig/endpointPrivateAccess", True),
    Promise("The API server is not public", CLUSTER, "vpcConfig/endpointPublicAccess", False),
    Promise("No public network may reach the API server", CLUSTER, "vpcConfig/publicAccessCidrs", ABSENT),
    Promise("Access is by access entries alone", CLUSTER, "accessConfig/authenticationMode", "API"),
    Promise("Whoever creates the cluster is no hidden administrator", CLUSTER, "accessConfig/bootstrapClusterCreatorAdminPermissions", False),
    Promise("Secrets are encrypted", CLUSTER, "encryptionConfig/resources", ["secrets"]),
    Promise("Secrets are encrypted with their key", CLUSTER, "encryptionConfig/provider/keyArn", KEY_ARN("secrets")),
    Promise("The cluster cannot be deleted in AWS", CLUSTER, "deletionProtection", True),
    Promise("The cluster is protected", CLUSTER, "options/protect", True),
    Promise("No add-on comes unmanaged", CLUSTER, "bootstrapSelfManagedAddons", False),
    Promise("The version is in standard support", CLUSTER, "upgradePolicy/supportType", "STANDARD"),
    Promise("Zones are left when they fail", CLUSTER, "zonalShiftConfig/enabled", True),
    Promise("No entry makes a role a member of system:masters", ENTRY, "kubernetesGroups", ABSENT),
    Promise("Deployers are told from people", ENTRY, "userName", "hipaa-deployer:{{SessionName}}", "platform-deployer"),
    Promise("Network policies are enforced", ADDON, f"{CNI}/enableNetworkPolicy", "true", "vpc-cni"),
    Promise("A pod starts with every connection denied", ADDON, f"{CNI}/env/NETWORK_POLICY_ENFORCING_MODE", "strict", "vpc-cni"),
    Promise("Decisions of network policies are logged", ADDON, f"{CNI}/nodeAgent/enablePolicyEventLogs", "true", "vpc-cni"),
    Promise("Decisions of network policies reach CloudWatch", ADDON, f"{CNI}/nodeAgent/enableCloudWatchLogs", "true", "vpc-cni"),
    Promise("Changes by hand give way, at creation", ADDON, "resolveConflictsOnCreate", "OVERWRITE"),
    Promise("Changes by hand give way, later", ADDON, "resolveConflictsOnUpdate", "OVERWRITE"),
    Promise("The CNI has a role of its own", ADDON, "podIdentityAssociations/*/serviceAccount", "aws-node", "vpc-cni"),
    Promise("The EBS driver has a role of its own", ADDON, "podIdentityAssociations/*/serviceAccount", "ebs-csi-controller-sa", "ebs-csi"),
    # Nodes
    Promise("Instance metadata asks for tokens", TEMPLATE, "metadataOptions/httpTokens", "required"),
    Promise("Instance metadata is out of reach of pods", TEMPLATE, "metadataOptions/httpPutResponseHopLimit", 1),
    Promise("Instance metadata holds no tags", TEMPLATE, "metadataOptions/instanceMetadataTags", "disabled"),
    Promise("Disks are encrypted", TEMPLATE, "blockDeviceMappings/*/ebs/encrypted", "true"),
    Promise("Disks are encrypted with their key", TEMPLATE, "blockDeviceMappings/*/ebs/kmsKeyId", KEY_ARN("volumes")),
    Promise("Disks go with their node", TEMPLATE, "blockDeviceMappings/*/ebs/deleteOnTermination", "true"),
    Promise("Nodes have no SSH key", TEMPLATE, "keyName", ABSENT),
    Promise("Nodes have no public address", TEMPLATE, "networkInterfaces", ABSENT),
    Promise("Nodes are monitored", TEMPLATE, "monitoring/enabled", True),
    Promise("Nodes have no root shell", TEMPLATE, "userData", base64.b64encode(BOTTLEROCKET).decode()),
    Promise("The template in force is the newest", TEMPLATE, "updateDefaultVersion", True),
    Promise("Nodes run an operating system made for containers", NODES, "amiType", "BOTTLEROCKET_x86_64"),
    Promise("Nodes cannot be entered by SSH", NODES, "remoteAccess", ABSENT),
    Promise("Broken nodes are replaced", NODES, "nodeRepairConfig/enabled", True),
    # Namespaces
    Promise("Pods are restricted", NAMESPACE, f"{PSS}~1enforce", "restricted"),
    Promise("The level is pinned", NAMESPACE, f"{PSS}~1enforce-version", "v1.36"),
    Promise("What would be refused is warned of", NAMESPACE, f"{PSS}~1warn", "restricted"),
    Promise("What would be refused is audited", NAMESPACE, f"{PSS}~1audit", "restricted"),
    Promise("The data of a namespace is named", NAMESPACE, "metadata/labels/hipaa-stack~1data-class", "phi", PATIENTS),
    Promise("Namespaces of patient data are protected", NAMESPACE, "options/protect", True, PATIENTS),
    Promise("Namespaces of patient data stay", NAMESPACE, "options/retainOnDelete", True, PATIENTS),
    Promise("The default account has no token", ACCOUNT, "automountServiceAccountToken", False),
    Promise("That is so whoever set it before", ACCOUNT, "metadata/annotations/pulumi.com~1patchForce", "true"),
    Promise("A connection that nobody declared is denied", POLICY, "spec", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, "-default-deny$"),
    Promise("Pods may ask for names, and no more", POLICY, "spec/egress/*/ports/*/port", 53, "-allow-dns$"),
    Promise("Pods ask for names in kube-system", POLICY, "spec/egress/*/to/*/namespaceSelector/matchLabels/kubernetes.io~1metadata.name", "kube-system", "-allow-dns$"),
    Promise("A cloud identity is for pods that ask for it", POLICY, "spec/podSelector/matchLabels/hipaa-stack~1cloud-identity", "true", "-allow-cloud-identity$"),
    Promise("Guards of patient data are protected", POLICY, "options/protect", True, PATIENTS),
    Promise("Guards of patient data stay", POLICY, "options/retainOnDelete", True, PATIENTS),
    Promise("No Service is a way in from outside", QUOTA, "spec/hard/services.loadbalancers", "0"),
    Promise("No node port is a way in", QUOTA, "spec/hard/services.nodeports", "0"),
    # Storage
    Promise("Volumes are encrypted", STORAGE, "parameters/encrypted", "true"),
    Promise("Volumes are encrypted with their key", STORAGE, "parameters/kmsKeyId", KEY_ARN("volumes")),
    Promise("Volumes outlive their claims", STORAGE, "reclaimPolicy", "Retain"),
    Promise("Claims that name no class get the encrypted one", STORAGE, "metadata/annotations/storageclass.kubernetes.io~1is-default-class", "true"),
    Promise("Full volumes grow instead of losing data", STORAGE, "allowVolumeExpansion", True),
    Promise("Storage classes stay when the stack goes", STORAGE, "options/retainOnDelete", True),
    # The way into the cluster
    # Charts
    Promise("Definitions are no part of a chart, which would delete them and all that they define", CHART, "skipCrds", True),
    Promise("Definitions stay when the stack goes", DEFINITIONS, "options/retainOnDelete", True),
    Promise("No network policy of a chart, which names no peer, is made", CHART, "values/networkPolicy/enabled", False),
    Promise("No role lets users reach the sealing controller", CHART, "values/rbac/serviceProxier/create", False, "^SealedSecrets-"),
    Promise("No user is bound to such a role", CHART, "values/rbac/serviceProxier/bind", False, "^SealedSecrets-"),
    Promise("Sealing keys are renewed every 30 days", CHART, "values/keyrenewperiod", "720h", "^SealedSecrets-"),
    Promise("The sealing controller takes no keys that others bring", CHART, "values/watchForSecrets", False, "^SealedSecrets-"),
    Promise("Only one operator acts", CHART, "values/leaderElect", True, "^ExternalSecrets-"),
    Promise("Definitions are no part of the operator's chart", CHART, "values/installCRDs", False, "^ExternalSecrets-"),
    Promise("The operator has no rights to tokens but those given", CHART, "values/rbac/serviceAccountTokenCreate", False, "^ExternalSecrets-"),
    Promise("No reader of the cluster reads external secrets by aggregation", CHART, "values/rbac/aggregateToView", False, "^ExternalSecrets-"),
    Promise("No editor writes them by aggregation", CHART, "values/rbac/aggregateToEdit", False, "^ExternalSecrets-"),
    Promise("No administrator does by aggregation", CHART, "values/rbac/aggregateToAdmin", False, "^ExternalSecrets-"),
    Promise("No service binding reads them", CHART, "values/rbac/servicebindings/create", False, "^ExternalSecrets-"),
    Promise("Nothing is written back to a store", CHART, "values/processPushSecret", False, "^ExternalSecrets-"),
    Promise("Nothing is, of the cluster", CHART, "values/processClusterPushSecret", False, "^ExternalSecrets-"),
    Promise("No secret fills every namespace", CHART, "values/processClusterExternalSecret", False, "^ExternalSecrets-"),
    Promise("Without a store for several there is none", CHART, "values/processClusterStore", False, "^ExternalSecrets-"),
    Promise("Nothing is generated", CHART, "values/processClusterGenerator", False, "^ExternalSecrets-"),
    Promise("That kind of store is not awaited", CHART, "values/crds/createClusterSecretStore", False, "^ExternalSecrets-"),
    Promise("Nor secrets for every namespace", CHART, "values/crds/createClusterExternalSecret", False, "^ExternalSecrets-"),
    Promise("Nor what is written back, of the cluster", CHART, "values/crds/createClusterPushSecret", False, "^ExternalSecrets-"),
    Promise("Nor what is written back", CHART, "values/crds/createPushSecret", False, "^ExternalSecrets-"),
    Promise("Nor what is generated", CHART, "values/crds/createClusterGenerator", False, "^ExternalSecrets-"),
    Promise("Only Secrets are filled", CHART, "values/genericTargets/enabled", False, "^ExternalSecrets-"),
    Promise("The chart makes no network policy of the webhook", CHART, "values/webhook/networkPolicy/enabled", False, "^ExternalSecrets-"),
    Promise("Nor of what renews its certificate", CHART, "values/certController/networkPolicy/enabled", False, "^ExternalSecrets-"),
    Promise("A drain leaves an operator", CHART, "values/podDisruptionBudget/enabled", True, "^ExternalSecrets-"),
    Promise("A drain leaves a webhook", CHART, "values/webhook/podDisruptionBudget/enabled", True, "^ExternalSecrets-"),
    Promise("Without its webhook nothing is stored", CHART, "values/webhook/failurePolicy", "Fail", "^ExternalSecrets-"),
    # Access of people
    Promise("What takes emergency access back has no token besides its pod", "kubernetes:core/v1:ServiceAccount", "automountServiceAccountToken", False),
    Promise("Its pod has one", CRON_JOB, f"{REAPER}/automountServiceAccountToken", True),
    Promise("It does not run as root", CRON_JOB, f"{REAPER}/securityContext/runAsNonRoot", True),
    Promise("It gains no privileges", CRON_JOB, f"{REAPER}/containers/*/securityContext/allowPrivilegeEscalation", False),
    Promise("It writes no files", CRON_JOB, f"{REAPER}/containers/*/securityContext/readOnlyRootFilesystem", True),
    Promise("It looks every five minutes", CRON_JOB, "spec/schedule", "*/5 * * * *"),
    Promise("Nobody calls it", POLICY, "spec/ingress", [], "-reaper$"),
    Promise("Objects are applied by their owner", PROVIDER, "enableServerSideApply", "true"),
    Promise("Objects of a cluster out of reach are not forgotten", PROVIDER, "deleteUnreachable", "false"),
    Promise("The kubeconfig is a secret of the stack", PROVIDER, f"kubeconfig/{rpc._special_sig_key}", rpc._special_secret_sig),
    Promise("The kubeconfig holds no token", PROVIDER, "kubeconfig/value/JSON/users/*/user/token", ABSENT),
    Promise("The kubeconfig holds no client key", PROVIDER, "kubeconfig/value/JSON/users/*/user/client-key-data", ABSENT),
]  # fmt: skip

FORBIDDEN = (
    "aws:ec2/eip:Eip",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/keyPair:KeyPair",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/route:Route",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/user:User",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
)
"""What a platform without weakenings has none of."""

AUDITORS = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding p-workloads-access-auditor"
"""The one role of people in the whole cluster: it reads what holds no data of patients."""


MORE = (AwsAuditAlerts, AwsAuditArchive, AwsBreakGlassRole, AwsImageMirror, AwsPrivateAccess, AwsThreatDetection)
"""Parts of which the stack uses less than there is."""


@pytest.fixture
def whole(register, settings_of, lookups, minimal):
    """Everything that the stack registers, and what the components register that are not a part of it, by `type name`."""
    lookups["aws:iam/getSessionContext:getSessionContext"]["issuerArn"] = "arn:aws:iam::123456789012:role/platform-deployer"
    platform = register(lambda: EksPlatform("p", settings_of("regulated-production"))).whole()
    parts = {key.split()[0] for key in platform}
    apart = [component for component in components() if f"hipaa:index:{component.__name__}" not in parts or component in MORE]
    return platform | register(lambda: [component(component.__name__, minimal[component.__name__]) for component in apart]).whole()


class Found(NamedTuple):
    """Where a value is: the container that holds it and its key there."""

    where: str
    holder: Any
    step: str | int
    last: bool
    """Whether the way ends here as it should, not because the rest of it is missing."""

    @property
    def value(self):
        if isinstance(self.holder, dict):
            return self.holder.get(self.step, ABSENT)
        return self.holder[self.step]


def found(whole, promise):
    """Every place of the promise, or the last one on the way that there is."""
    for key, item in whole.items():
        type_, _, name = key.partition(" ")
        if type_ == promise.type and re.search(promise.names, name):
            steps = [step.replace("~1", "/") for step in promise.path.split("/")]
            start = item["options"] if steps[0] == "options" else item["inputs"]
            yield from _walk(key, start, steps[1:] if steps[0] == "options" else steps)


def _walk(where, holder, steps):
    step, *rest = steps
    choices = range(len(holder)) if step == "*" else [step]
    for choice in choices:
        place = Found(f"{where} {choice}", holder, choice, last=not rest)
        if not rest or place.value is ABSENT:
            yield place
        else:
            yield from _walk(place.where, place.value, rest)


def broken(whole, promise):
    """Where the promise is not kept; "nowhere to be found" if there is no place for it at all."""
    places = list(found(whole, promise))
    return [place.where for place in places if place.value != promise.expected or not place.last] if places else ["nowhere to be found"]


def test_secure_defaults(whole):
    assert {promise.title: where for promise in PROMISES if (where := broken(whole, promise))} == {}
    assert len({promise.title for promise in PROMISES}) == len(PROMISES)


def test_there_is_no_way_in_or_out_and_nobody_with_a_password(whole):
    assert [key for key in whole if key.startswith(FORBIDDEN)] == [AUDITORS]


def test_roles_are_for_services_of_aws_and_policies_name_what_they_allow(whole):
    documents = {key: item["inputs"] for key, item in whole.items() if key.startswith("aws:iam/role")}
    # Roles of people and CI have tests of their own.
    apart = ("AwsBreakGlassRole-role", "AwsPrivateAccess-operator", "AwsStateBackend-deployer", "p-break-glass-role", "p-runner-operator")
    people = [f"aws:iam/role:Role {name}" for name in apart]
    trusts = [inputs["assumeRolePolicy"]["JSON"] for key, inputs in documents.items() if "assumeRolePolicy" in inputs and key not in people]
    assert trusts
    for statement in (statement for trust in trusts for statement in trust["Statement"]):
        assert list(statement["Principal"]) == ["Service"]
        assert statement["Principal"]["Service"].endswith(".amazonaws.com")
    policies = [inputs["policy"]["JSON"] for inputs in documents.values() if "policy" in inputs]
    assert policies
    everywhere = [statement["Action"] for policy in policies for statement in policy["Statement"] if statement["Resource"] == "*"]
    agent = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ]
    builds = ["CreateNetworkInterface", "DeleteNetworkInterface", "DescribeDhcpOptions", "DescribeNetworkInterfaces"]
    builds += ["DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"]
    assert set(map(str, everywhere)) == {
        "['logs:DescribeLogGroups']",
        "['ecr:GetAuthorizationToken']",
        str([f"ec2:{action}" for action in builds]),
        str([*agent, "ssm:UpdateInstanceInformation"]),
    }
    actions = [action for policy in policies for statement in policy["Statement"] for action in statement["Action"]]
    assert not [action for action in actions if action.endswith(":*") or action == "*"]


# The table is complete, and each row can fail -----------------------------------------------------------------------


def test_every_component_is_part_of_the_stack(whole):
    assert {key.split()[0] for key in whole if key.startswith("hipaa:")} == {f"hipaa:index:{item.__name__}" for item in components()}


def switches(value, path=()):
    """Every path to a value that is on or off."""
    if isinstance(value, dict):
        for step, item in value.items():
            yield from switches(item, (*path, step))
    elif isinstance(value, list):
        for item in value:
            yield from switches(item, (*path, "*"))
    elif str(value).lower() in ("true", "false", "enabled", "disabled"):
        yield "/".join(step.replace("/", "~1") for step in path)


def test_no_switch_is_without_a_promise(whole):
    promised = {(promise.type, promise.path) for promise in PROMISES}
    found_ = {(key.split()[0], path) for key, item in whole.items() for path in switches(item["inputs"])}
    # IMDS itself stays on: the nodes get their role from it, pods are kept from it by tokens and hops.
    neutral = {(TEMPLATE, "metadataOptions/httpEndpoint"), (INSTANCE, "metadataOptions/httpEndpoint")}
    # The policies of roles and keys have a test of their own, and their components compare them whole.
    documents = {item for item in found_ if "/JSON/Statement/" in item[1]}
    assert found_ - promised - documents == neutral


def turned(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return {"true": "false", "false": "true"}.get(value, f"{value}-not")
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list):
        return value[:-1] if value else ["more"]
    return {"something": "else"}


def test_every_value_that_is_turned_around_or_missing_breaks_its_promise(whole):
    """In every place on its own: none hides behind another."""
    proved = set()
    for promise in PROMISES:
        for place in list(found(whole, promise)):
            value = place.value
            place.holder[place.step] = turned(value)
            assert broken(whole, promise) == [place.where], promise.title
            del place.holder[place.step]
            assert value is ABSENT or broken(whole, promise) == [place.where], promise.title
            if value is not ABSENT:
                place.holder[place.step] = value
            assert not broken(whole, promise)
            proved.add(promise.title)
    assert proved == {promise.title for promise in PROMISES}
