"""Type tokens of Kubernetes objects that several rules judge."""

from typing import Final

POD: Final = "kubernetes:core/v1:Pod"
POD_TEMPLATE: Final = "kubernetes:core/v1:PodTemplate"
CRON_JOB: Final = "kubernetes:batch/v1:CronJob"
DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET: Final = "kubernetes:apps/v1:DaemonSet"

WORKLOADS: Final = (
    POD,
    POD_TEMPLATE,
    DEPLOYMENT,
    STATEFUL_SET,
    DAEMON_SET,
    "kubernetes:apps/v1:ReplicaSet",
    "kubernetes:core/v1:ReplicationController",
    "kubernetes:batch/v1:Job",
    CRON_JOB,
)
"""Every kind that is a pod or makes pods from a template."""

NAMESPACE: Final = "kubernetes:core/v1:Namespace"
NETWORK_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
SERVICE_ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
RESOURCE_QUOTA: Final = "kubernetes:core/v1:ResourceQuota"
LIMIT_RANGE: Final = "kubernetes:core/v1:LimitRange"
SERVICE: Final = "kubernetes:core/v1:Service"
INGRESS: Final = "kubernetes:networking.k8s.io/v1:Ingress"

ROLE: Final = "kubernetes:rbac.authorization.k8s.io/v1:Role"
CLUSTER_ROLE: Final = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
ROLES: Final = (CLUSTER_ROLE, ROLE)
BINDINGS: Final = (
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
)
STORAGE_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
PERSISTENT_VOLUME: Final = "kubernetes:core/v1:PersistentVolume"
SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type token
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
SEALED_SECRET: Final = "kubernetes:bitnami.com/v1alpha1:SealedSecret"  # noqa: S105 - a type token
EXTERNAL_SECRET: Final = "kubernetes:external-secrets.io/v1:ExternalSecret"  # noqa: S105 - a type token
SECRET_STORE: Final = "kubernetes:external-secrets.io/v1:SecretStore"  # noqa: S105 - a type token
CLUSTER_SECRET_STORE: Final = "kubernetes:external-secrets.io/v1:ClusterSecretStore"  # noqa: S105 - a type token
VALIDATING_WEBHOOKS: Final = "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration"
MUTATING_WEBHOOKS: Final = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"
ADMISSION_POLICY: Final = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
ADMISSION_BINDING: Final = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
POLICIES_OF_ENGINES: Final = (
    "kubernetes:kyverno.io/v1:ClusterPolicy",
    "kubernetes:kyverno.io/v1:Policy",
    "kubernetes:policies.kyverno.io/v1:ValidatingPolicy",
    "kubernetes:policies.kyverno.io/v1beta1:ValidatingPolicy",
    "kubernetes:policies.kyverno.io/v1alpha1:ValidatingPolicy",
    "kubernetes:constraints.gatekeeper.sh/*",
)
"""Policies of Kyverno and constraints of Gatekeeper."""
API_SERVICE: Final = "kubernetes:apiregistration.k8s.io/v1:APIService"
HELM_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
HELM_CHART: Final = "kubernetes:helm.sh/v4:Chart"
DISRUPTION_BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
AUTOSCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
AUTOSCALER_V1: Final = "kubernetes:autoscaling/v1:HorizontalPodAutoscaler"
ENCRYPTION_CONFIGURATION: Final = "kubernetes:apiserver.config.k8s.io/v1:EncryptionConfiguration"
AUDIT_POLICY: Final = "kubernetes:audit.k8s.io/v1:Policy"

EKS_CLUSTER: Final = "aws:eks/cluster:Cluster"
GKE_CLUSTER: Final = "gcp:container/cluster:Cluster"
