"""Components for Amazon Web Services."""

from hipaa_components.aws._eks_access import EksAccessEntry, EksAccessPolicy, EksOidc
from hipaa_components.aws._lockout import LockOutError
from hipaa_components.aws.audit_logs import AwsAuditLogs, AwsAuditLogsArgs, AwsLogGroup, AwsLogKind
from hipaa_components.aws.eks_addons import EksAddons, EksAddonsArgs
from hipaa_components.aws.eks_cluster import EksCluster, EksClusterArgs, EksPublicEndpoint, EksSupportType
from hipaa_components.aws.eks_nodes import EksAmiType, EksCapacity, EksNodeGroup, EksTaint, EksTaintEffect
from hipaa_components.aws.encryption_key import AwsEncryptionKey, AwsEncryptionKeyArgs, AwsKeyUse
from hipaa_components.aws.kubeconfig import eks_kubeconfig

__all__ = [
    "AwsAuditLogs",
    "AwsAuditLogsArgs",
    "AwsEncryptionKey",
    "AwsEncryptionKeyArgs",
    "AwsKeyUse",
    "AwsLogGroup",
    "AwsLogKind",
    "EksAccessEntry",
    "EksAccessPolicy",
    "EksAddons",
    "EksAddonsArgs",
    "EksAmiType",
    "EksCapacity",
    "EksCluster",
    "EksClusterArgs",
    "EksNodeGroup",
    "EksOidc",
    "EksPublicEndpoint",
    "EksSupportType",
    "EksTaint",
    "EksTaintEffect",
    "LockOutError",
    "eks_kubeconfig",
]
