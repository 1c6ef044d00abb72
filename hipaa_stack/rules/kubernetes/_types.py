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
