"""Which namespaces belong to the platform."""

from hipaa_stack.resources import Node, NotApplicable
from hipaa_stack.settings import Settings

_SYSTEM_PREFIXES = ("kube-", "gke-", "gmp-", "amazon-")


def skip_system(namespace: Node, settings: Settings) -> None:
    """Raises NotApplicable for a namespace of Kubernetes, of the cloud or of the settings."""
    name = namespace.string("metadata.name") or namespace.resource.name
    if name.startswith(_SYSTEM_PREFIXES) or name in settings.system_namespaces:
        raise NotApplicable(f"{name} is a system namespace")
