"""Which namespaces belong to the platform."""

from hipaa_stack.resources import Node, NotApplicable
from hipaa_stack.settings import Settings

_SYSTEM_PREFIXES = ("kube-", "gke-", "gmp-", "amazon-")


def name_of(namespace: Node) -> str:
    """The name of a Namespace; where the object does not say, that of the resource, which a generated name begins with."""
    return namespace.string("metadata.name") or namespace.resource.name


def judged(namespace: Node, settings: Settings) -> bool:
    """True for a Namespace that the organisation answers for.

    Raises:
        NotApplicable: for one of Kubernetes, of the cloud or of the settings.
    """
    return _judged(name_of(namespace), settings)


def in_judged_namespace(namespaced: Node, settings: Settings) -> bool:
    """True for an object in a namespace that the organisation answers for.

    Raises:
        NotApplicable: for an object in a namespace of Kubernetes, of the cloud or of the settings.
    """
    return _judged(namespaced.string("metadata.namespace") or "default", settings)


def _judged(name: str, settings: Settings) -> bool:
    if name.startswith(_SYSTEM_PREFIXES) or name in settings.system_namespaces:
        raise NotApplicable(f"{name} is a system namespace")
    return True
