"""Which logs a cluster sends to Cloud Logging."""

from typing import Final

from hipaa_stack.resources import Node, all_of

COMPONENTS: Final = "loggingConfig.enableComponents"
_BY_DEFAULT: Final = frozenset({"SYSTEM_COMPONENTS", "WORKLOADS"})
"""What GKE sends where a program lists nothing; an empty list sends nothing."""


def logs(cluster: Node, *components: str) -> bool:
    """True when a cluster sends the logs of all these components."""
    if not cluster.present(COMPONENTS):
        return _BY_DEFAULT.issuperset(components)
    return all_of(*(lambda name=name: name in cluster.strings(COMPONENTS) for name in components))
