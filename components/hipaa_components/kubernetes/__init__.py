"""Components inside a cluster: they take any Kubernetes provider and serve existing clusters too."""

from hipaa_components.kubernetes._quota import ContainerLimits, NamespaceQuota
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.encrypted_storage_classes import (
    CloudStorageClass,
    EncryptedStorageClasses,
    EncryptedStorageClassesArgs,
    StorageClassKind,
    StorageSettings,
)
from hipaa_components.kubernetes.hardened_namespace import (
    HardenedNamespace,
    HardenedNamespaceArgs,
    NamespaceObservation,
    NamespaceSettings,
    WithheldObject,
)

__all__ = [
    "CloudStorageClass",
    "ClusterNetwork",
    "ContainerLimits",
    "EncryptedStorageClasses",
    "EncryptedStorageClassesArgs",
    "HardenedNamespace",
    "HardenedNamespaceArgs",
    "KubernetesPlatform",
    "NamespaceObservation",
    "NamespaceQuota",
    "NamespaceSettings",
    "StorageClassKind",
    "StorageSettings",
    "WithheldObject",
]
