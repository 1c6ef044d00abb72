"""The rules of cdk-nag's pack "HIPAA Security", for those who come from it: which rule here judges the same state, or why none does.

Names are those of cdk-nag without the prefix `HIPAA.Security-`; from the same state follows neither the same reading of
absent values nor the same citations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

COUNTERPARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS-BKP-001": (
        "DynamoDBInBackupPlan",
        "EC2EBSInBackupPlan",
        "EFSInBackupPlan",
        "RDSInBackupPlan",
    ),
    "AWS-CACHE-003": ("ElastiCacheRedisClusterAutomaticBackup",),
    "AWS-CW-001": ("CloudWatchAlarmAction",),
    "AWS-DDB-001": ("DynamoDBPITREnabled",),
    "AWS-EC2-001": ("EC2IMDSv2Enabled",),
    "AWS-EC2-005": (
        "AutoScalingLaunchConfigPublicIpDisabled",
        "EC2InstanceNoPublicIp",
    ),
    "AWS-EC2-007": ("EC2InstanceProfileAttached",),
    "AWS-EFS-001": ("EFSEncrypted",),
    "AWS-ELB-001": ("ALBHttpDropInvalidHeaderEnabled",),
    "AWS-ELB-002": ("ELBDeletionProtectionEnabled",),
    "AWS-ELB-003": ("ELBLoggingEnabled",),
    "AWS-ELB-005": ("ALBHttpToHttpsRedirection",),
    "AWS-ELB-007": ("ELBv2ACMCertificateRequired",),
    "AWS-ELB-008": (
        "ELBACMCertificateRequired",
        "ELBTlsHttpsListenersOnly",
    ),
    "AWS-IAM-001": ("IAMPolicyNoStatementsWithAdminAccess",),
    "AWS-IAM-002": ("IAMPolicyNoStatementsWithFullAccess",),
    "AWS-IAM-005": ("IAMNoInlinePolicy",),
    "AWS-IAM-008": ("IAMUserNoPolicies",),
    "AWS-IAM-009": (
        "IAMGroupHasUsers",
        "IAMUserGroupMembership",
    ),
    "AWS-LAM-001": ("LambdaFunctionPublicAccessProhibited",),
    "AWS-LOGS-001": ("CloudWatchLogGroupEncrypted",),
    "AWS-LOGS-003": ("CloudWatchLogGroupRetentionPeriod",),
    "AWS-OS-001": (
        "OpenSearchEncryptedAtRest",
        "OpenSearchNodeToNodeEncryption",
    ),
    "AWS-OS-002": ("OpenSearchInVPCOnly",),
    "AWS-OS-004": ("OpenSearchErrorLogsToCloudWatch",),
    "AWS-RDS-001": ("RDSStorageEncrypted",),
    "AWS-RDS-003": ("RDSInstancePublicAccess",),
    "AWS-RDS-004": ("RDSInstanceBackupEnabled",),
    "AWS-RDS-005": ("RDSInstanceDeletionProtectionEnabled",),
    "AWS-RDS-006": ("RDSMultiAZSupport",),
    "AWS-RDS-007": ("RDSLoggingEnabled",),
    "AWS-RDS-008": ("RDSAutomaticMinorVersionUpgradeEnabled",),
    "AWS-S3-001": ("S3BucketLevelPublicAccessProhibited",),
    "AWS-S3-002": ("S3DefaultEncryptionKMS",),
    "AWS-S3-003": ("S3BucketVersioningEnabled",),
    "AWS-S3-004": ("S3BucketSSLRequestsOnly",),
    "AWS-S3-005": ("S3BucketLoggingEnabled",),
    "AWS-S3-006": (
        "S3BucketPublicReadProhibited",
        "S3BucketPublicWriteProhibited",
    ),
    "AWS-S3-011": ("S3BucketReplicationEnabled",),
    "AWS-SG-001": (
        "EC2RestrictedCommonPorts",
        "EC2RestrictedSSH",
    ),
    "AWS-SM-001": ("SecretsManagerUsingKMSKey",),
    "AWS-SM-002": ("SecretsManagerRotationEnabled",),
    "AWS-SNS-003": ("SNSEncryptedKMS",),
    "AWS-TRAIL-002": ("CloudTrailEncryptionEnabled",),
    "AWS-TRAIL-003": ("CloudTrailLogFileValidationEnabled",),
    "AWS-TRAIL-004": ("CloudTrailCloudWatchLogsEnabled",),
    "AWS-VPC-001": ("VPCFlowLogsEnabled",),
    "AWS-VPC-002": ("VPCDefaultSecurityGroupClosed",),
    "AWS-VPC-003": ("VPCSubnetAutoAssignPublicIpDisabled",),
    "AWS-VPC-004": ("VPCNoUnrestrictedRouteToIGW",),
    "AWS-WAF-001": ("WAFv2LoggingEnabled",),
}
"""Id of a rule here -> the rules of cdk-nag that judge the same state."""

PLANNED: Final = frozenset({
    "AWS-CACHE-003", "AWS-DDB-001", "AWS-EFS-001", "AWS-ELB-001", "AWS-ELB-002", "AWS-ELB-003",
    "AWS-ELB-005", "AWS-ELB-007", "AWS-ELB-008", "AWS-LAM-001", "AWS-OS-001", "AWS-OS-002",
    "AWS-OS-004", "AWS-RDS-001", "AWS-RDS-003", "AWS-RDS-004", "AWS-RDS-005", "AWS-RDS-006",
    "AWS-RDS-007", "AWS-RDS-008", "AWS-SNS-003", "AWS-WAF-001",
})  # fmt: skip
"""Ids in COUNTERPARTS of rules that are not built yet: nothing judges their states today."""


class LeftOut(StrEnum):
    """Why a rule of cdk-nag has no counterpart here."""

    NO_PART_OF_A_PLATFORM = "The service is no part of a Kubernetes platform."
    PERFORMANCE_OR_CAPACITY = "It is about performance or capacity, not about a safeguard."
    NO_SAFEGUARD = "No safeguard of the Security Rule asks for it."
    ALWAYS_TRUE = "It is true of everything that AWS makes today."


LEFT_OUT: Final[Mapping[LeftOut, tuple[str, ...]]] = {
    LeftOut.NO_PART_OF_A_PLATFORM: (
        "APIGWCacheEnabledAndEncrypted",
        "APIGWExecutionLoggingEnabled",
        "APIGWSSLEnabled",
        "APIGWXrayEnabled",
        "CodeBuildProjectEnvVarAwsCred",
        "CodeBuildProjectSourceRepoUrl",
        "DMSReplicationNotPublic",
        "ECSTaskDefinitionUserForHostMode",
        "EMRKerberosEnabled",
        "ElasticBeanstalkEnhancedHealthReportingEnabled",
        "ElasticBeanstalkManagedUpdatesEnabled",
        "RedshiftBackupEnabled",
        "RedshiftClusterConfiguration",
        "RedshiftClusterMaintenanceSettings",
        "RedshiftClusterPublicAccess",
        "RedshiftEnhancedVPCRoutingEnabled",
        "RedshiftRequireTlsSSL",
        "SageMakerEndpointConfigurationKMSKeyConfigured",
        "SageMakerNotebookInstanceKMSKeyConfigured",
        "SageMakerNotebookNoDirectInternetAccess",
    ),
    LeftOut.PERFORMANCE_OR_CAPACITY: (
        "AutoScalingGroupELBHealthCheckRequired",
        "DynamoDBAutoScalingEnabled",
        "EC2InstanceDetailedMonitoringEnabled",
        "LambdaConcurrency",
        "LambdaDLQ",
        "RDSEnhancedMonitoringEnabled",
    ),
    LeftOut.NO_SAFEGUARD: (
        "ELBCrossZoneLoadBalancingEnabled",
        "LambdaInsideVPC",
    ),
    LeftOut.ALWAYS_TRUE: (
        "EC2EBSOptimizedInstance",
        "EC2InstancesInVPC",
    ),
}
"""Reason -> the rules of cdk-nag that have no counterpart here for that reason."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of cdk-nag."""

    name: str
    """Without the prefix `HIPAA.Security-`."""
    rule: str
    """Id of the rule here that judges the same state, or ""."""
    reason: str
    """Why there is no such rule; "" where there is one."""


def rows() -> list[Row]:
    """Every rule of cdk-nag's pack, by name."""
    covered = [Row(name, id_, "") for id_, names in COUNTERPARTS.items() for name in names]
    left_out = [Row(name, "", reason.value) for reason, names in LEFT_OUT.items() for name in names]
    return sorted([*covered, *left_out], key=lambda row: row.name)
