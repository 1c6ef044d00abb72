"""Components inside a cluster: they take any Kubernetes provider and serve existing clusters too."""

from hipaa_components.kubernetes._quota import ContainerLimits, NamespaceQuota
from hipaa_components.kubernetes.cluster_network import ClusterNetwork, KubernetesPlatform
from hipaa_components.kubernetes.hardened_namespace import (
    HardenedNamespace,
    HardenedNamespaceArgs,
    NamespaceObservation,
    NamespaceSettings,
    WithheldObject,
)

__all__ = [
    "ClusterNetwork",
    "ContainerLimits",
    "HardenedNamespace",
    "HardenedNamespaceArgs",
    "KubernetesPlatform",
    "NamespaceObservation",
    "NamespaceQuota",
    "NamespaceSettings",
    "WithheldObject",
]
