"""A local Kubernetes control plane of throw-away servers, without containers: etcd, kube-apiserver, controllers, fake nodes."""

from hipaa_stack.sandbox.kubernetes.cluster import LocalKubernetes, promised_endpoint

__all__ = ["LocalKubernetes", "promised_endpoint"]
