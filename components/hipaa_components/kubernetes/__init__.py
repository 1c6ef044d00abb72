"""Components inside a cluster: they take any Kubernetes provider and serve existing clusters too."""

from hipaa_components.kubernetes._chart import ChartSource, ExceptionRecord
from hipaa_components.kubernetes._quota import ContainerLimits, NamespaceQuota
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.encrypted_storage_classes import (
    CloudStorageClass,
    EncryptedStorageClasses,
    EncryptedStorageClassesArgs,
    StorageClassKind,
    StorageOptions,
    StorageSettings,
)
from hipaa_components.kubernetes.hardened_namespace import (
    HardenedNamespace,
    HardenedNamespaceArgs,
    NamespaceObservation,
    NamespaceSettings,
    WithheldObject,
)
from hipaa_components.kubernetes.platform_workloads import PlatformWorkloads, PlatformWorkloadsArgs
from hipaa_components.kubernetes.sealed_secrets import MetricsReader, SealedSecrets, SealedSecretsArgs, SealingKeyBackup
from hipaa_components.kubernetes.system_network_policies import EksSystemNetworkPolicies, EksSystemNetworkPoliciesArgs

__all__ = [
    "ChartSource",
    "CloudStorageClass",
    "ClusterNetwork",
    "ContainerLimits",
    "EksSystemNetworkPolicies",
    "EksSystemNetworkPoliciesArgs",
    "EncryptedStorageClasses",
    "EncryptedStorageClassesArgs",
    "ExceptionRecord",
    "HardenedNamespace",
    "HardenedNamespaceArgs",
    "KubernetesPlatform",
    "MetricsReader",
    "NamespaceObservation",
    "NamespaceQuota",
    "NamespaceSettings",
    "PlatformWorkloads",
    "PlatformWorkloadsArgs",
    "SealedSecrets",
    "SealedSecretsArgs",
    "SealingKeyBackup",
    "StorageClassKind",
    "StorageOptions",
    "StorageSettings",
    "WithheldObject",
]
