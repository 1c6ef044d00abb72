"""A local Kubernetes control plane of throw-away servers, without containers: etcd, kube-apiserver, controllers, fake nodes."""

from hipaa_stack.sandbox.kubernetes.cluster import LocalKubernetes

__all__ = ["LocalKubernetes"]
