"""Components for Amazon Web Services.

The SDK loads a service (`aws.ec2`) when it is first used, which for some takes a third of a second. So annotations that name
its classes are quoted: an import of the components uses none of them.
"""

from hipaa_components.aws._access_existing import AwsExistingAccess
from hipaa_components.aws._access_runner import AwsRunnerAccess
from hipaa_components.aws._access_ssm import AwsSsmAccess
from hipaa_components.aws._access_vpn import AwsVpnAccess
from hipaa_components.aws._archive_lock import AwsLockMode, AwsLockStatus
from hipaa_components.aws._deployer_components import AwsDeployedComponent
from hipaa_components.aws._egress import AwsNatEgress
from hipaa_components.aws._eks_access import EksAccessEntry, EksAccessPolicy, EksOidc
from hipaa_components.aws._eks_adoption import EksAdoption
from hipaa_components.aws._eks_cloud_args import EksCloudArgs, EksExistingKeys, EksExistingNetwork
from hipaa_components.aws._endpoints import AwsEndpointService, AwsEndpointUser
from hipaa_components.aws._firewall import FirewallError
from hipaa_components.aws._lockout import LockOutError
from hipaa_components.aws._log_archive import AwsLogArchive, AwsLogStream, AwsTrailMode
from hipaa_components.aws._platform_settings import AwsAccessWay, EksCloudFacts
from hipaa_components.aws._reach import UnreachableError
from hipaa_components.aws._upstreams import AwsUpstream
from hipaa_components.aws.audit_alerts import AwsAlertEndpoint, AwsAlertProtocol, AwsAuditAlerts, AwsAuditAlertsArgs, AwsWatchedArchive
from hipaa_components.aws.audit_archive import AwsAuditArchive, AwsAuditArchiveArgs, AwsAuditArchiveSettings, AwsExistingArchive
from hipaa_components.aws.audit_logs import AwsAuditLogs, AwsAuditLogsArgs, AwsLogGroup, AwsLogKind, AwsLogSettings
from hipaa_components.aws.break_glass_role import AwsBreakGlassMode, AwsBreakGlassRole, AwsBreakGlassRoleArgs, AwsBreakGlassSettings
from hipaa_components.aws.eks_addons import EksAddons, EksAddonsArgs
from hipaa_components.aws.eks_baseline import EksBaseline, EksBaselineArgs
from hipaa_components.aws.eks_cloud import EksCloud
from hipaa_components.aws.eks_cluster import EksCluster, EksClusterArgs, EksClusterSettings, EksPublicEndpoint, EksSupportType
from hipaa_components.aws.eks_nodes import EksAmiType, EksCapacity, EksNodeGroup, EksTaint, EksTaintEffect
from hipaa_components.aws.eks_platform import EksPlatform, EksPlatformArgs
from hipaa_components.aws.encryption_key import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse
from hipaa_components.aws.image_mirror import AwsImageArchitecture, AwsImageMirror, AwsImageMirrorArgs, AwsImageMirrorSettings
from hipaa_components.aws.kubeconfig import eks_kubeconfig
from hipaa_components.aws.network import AwsNetwork, AwsNetworkArgs, AwsNetworkSettings
from hipaa_components.aws.private_access import AwsPrivateAccess, AwsPrivateAccessArgs, AwsPrivateAccessSettings
from hipaa_components.aws.repository import AwsRepository, AwsRepositoryArgs
from hipaa_components.aws.secret import AwsRotatedElsewhere, AwsSecret, AwsSecretArgs, AwsSecretRotation
from hipaa_components.aws.state_backend import AwsCiIdentity, AwsStateBackend, AwsStateBackendArgs
from hipaa_components.aws.threat_detection import AwsDetectorFeature, AwsThreatDetection, AwsThreatDetectionArgs, AwsThreatDetectionSettings
from hipaa_components.aws.workload_role import AwsWorkloadIdentity, AwsWorkloadRole, AwsWorkloadRoleArgs, AwsWorkloadRoleSettings

__all__ = [
    "AwsAccessWay",
    "AwsAlertEndpoint",
    "AwsAlertProtocol",
    "AwsAuditAlerts",
    "AwsAuditAlertsArgs",
    "AwsAuditArchive",
    "AwsAuditArchiveArgs",
    "AwsAuditArchiveSettings",
    "AwsAuditLogs",
    "AwsAuditLogsArgs",
    "AwsBreakGlassMode",
    "AwsBreakGlassRole",
    "AwsBreakGlassRoleArgs",
    "AwsBreakGlassSettings",
    "AwsCiIdentity",
    "AwsDeployedComponent",
    "AwsDetectorFeature",
    "AwsEncryptionKey",
    "AwsEncryptionKeyArgs",
    "AwsEndpointService",
    "AwsEndpointUser",
    "AwsExistingAccess",
    "AwsExistingArchive",
    "AwsImageArchitecture",
    "AwsImageMirror",
    "AwsImageMirrorArgs",
    "AwsImageMirrorSettings",
    "AwsKeyUse",
    "AwsLockMode",
    "AwsLockStatus",
    "AwsLogArchive",
    "AwsLogGroup",
    "AwsLogKind",
    "AwsLogSettings",
    "AwsLogStream",
    "AwsNatEgress",
    "AwsNetwork",
    "AwsNetworkArgs",
    "AwsNetworkSettings",
    "AwsPrivateAccess",
    "AwsPrivateAccessArgs",
    "AwsPrivateAccessSettings",
    "AwsRepository",
    "AwsRepositoryArgs",
    "AwsRotatedElsewhere",
    "AwsRunnerAccess",
    "AwsSecret",
    "AwsSecretArgs",
    "AwsSecretRotation",
    "AwsSsmAccess",
    "AwsStateBackend",
    "AwsStateBackendArgs",
    "AwsThreatDetection",
    "AwsThreatDetectionArgs",
    "AwsThreatDetectionSettings",
    "AwsTrailMode",
    "AwsUpstream",
    "AwsVpnAccess",
    "AwsWatchedArchive",
    "AwsWorkloadIdentity",
    "AwsWorkloadRole",
    "AwsWorkloadRoleArgs",
    "AwsWorkloadRoleSettings",
    "EksAccessEntry",
    "EksAccessPolicy",
    "EksAddons",
    "EksAddonsArgs",
    "EksAdoption",
    "EksAmiType",
    "EksBaseline",
    "EksBaselineArgs",
    "EksCapacity",
    "EksCloud",
    "EksCloudArgs",
    "EksCloudFacts",
    "EksCluster",
    "EksClusterArgs",
    "EksClusterSettings",
    "EksExistingKeys",
    "EksExistingNetwork",
    "EksNodeGroup",
    "EksOidc",
    "EksPlatform",
    "EksPlatformArgs",
    "EksPublicEndpoint",
    "EksSupportType",
    "EksTaint",
    "EksTaintEffect",
    "FirewallError",
    "LockOutError",
    "UnreachableError",
    "eks_kubeconfig",
]
