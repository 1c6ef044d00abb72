"""Components inside a cluster: they take any Kubernetes provider and serve existing clusters too."""

from hipaa_components.kubernetes._chart import ChartSource, ExceptionRecord
from hipaa_components.kubernetes._platform_roles import PlatformRoles, RolesSettings
from hipaa_components.kubernetes._quota import ContainerLimits, NamespaceQuota
from hipaa_components.kubernetes._secret_stores import (
    AwsSecretsManagerStore,
    AzureKeyVaultStore,
    ClusterSecretStore,
    GcpSecretManagerStore,
    SecretStore,
    VaultAuthority,
    VaultStore,
)
from hipaa_components.kubernetes.access_control import AccessControl, AccessControlArgs, AccessControlSettings
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.encrypted_storage_classes import (
    CloudStorageClass,
    EncryptedStorageClasses,
    EncryptedStorageClassesArgs,
    StorageClassKind,
    StorageOptions,
    StorageSettings,
)
from hipaa_components.kubernetes.external_secrets import (
    ExternalSecretEntry,
    ExternalSecretItem,
    ExternalSecrets,
    ExternalSecretsArgs,
    ExternalSecretsSettings,
)
from hipaa_components.kubernetes.hardened_namespace import (
    HardenedNamespace,
    HardenedNamespaceArgs,
    NamespaceObservation,
    NamespaceSettings,
    WithheldObject,
)
from hipaa_components.kubernetes.platform_workloads import (
    PlatformWorkloads,
    PlatformWorkloadsArgs,
    SecretsChoice,
    SecretsSettings,
)
from hipaa_components.kubernetes.sealed_secrets import (
    MetricsReader,
    SealedSecrets,
    SealedSecretsArgs,
    SealedSecretsSettings,
    SealingKeyBackup,
)
from hipaa_components.kubernetes.system_network_policies import EksSystemNetworkPolicies, EksSystemNetworkPoliciesArgs

__all__ = [
    "AccessControl",
    "AccessControlArgs",
    "AccessControlSettings",
    "AwsSecretsManagerStore",
    "AzureKeyVaultStore",
    "ChartSource",
    "CloudStorageClass",
    "ClusterNetwork",
    "ClusterSecretStore",
    "ContainerLimits",
    "EksSystemNetworkPolicies",
    "EksSystemNetworkPoliciesArgs",
    "EncryptedStorageClasses",
    "EncryptedStorageClassesArgs",
    "ExceptionRecord",
    "ExternalSecretEntry",
    "ExternalSecretItem",
    "ExternalSecrets",
    "ExternalSecretsArgs",
    "ExternalSecretsSettings",
    "GcpSecretManagerStore",
    "HardenedNamespace",
    "HardenedNamespaceArgs",
    "KubernetesPlatform",
    "MetricsReader",
    "NamespaceObservation",
    "NamespaceQuota",
    "NamespaceSettings",
    "PlatformRoles",
    "PlatformWorkloads",
    "PlatformWorkloadsArgs",
    "RolesSettings",
    "SealedSecrets",
    "SealedSecretsArgs",
    "SealedSecretsSettings",
    "SealingKeyBackup",
    "SecretStore",
    "SecretsChoice",
    "SecretsSettings",
    "StorageClassKind",
    "StorageOptions",
    "StorageSettings",
    "VaultAuthority",
    "VaultStore",
    "WithheldObject",
]
