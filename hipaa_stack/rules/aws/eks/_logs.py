"""Which logs of its control plane a cluster writes (EKS user guide, control plane logs)."""

from collections.abc import Iterable, Iterator
from typing import Final

from hipaa_stack.baseline import EKS_LOG_TYPES
from hipaa_stack.resources import Node, Violation

_TYPES: Final = "enabledClusterLogTypes"

AUDIT: Final = ("api", "audit", "authenticator")
"""Who called the API server, what the call did, and which identity of AWS stands behind it."""

ALL: Final = EKS_LOG_TYPES


def missing(cluster: Node, wanted: Iterable[str], remedy: Iterable[str]) -> Iterator[Violation]:
    """A violation for the wanted logs that are off; the remedy adds its logs to those that are on, as the list is written whole."""
    off = [name for name in wanted if name not in cluster.strings(_TYPES)]
    if off:
        yield cluster.fail(_TYPES, f"off: {', '.join(off)}", sorted({*cluster.strings(_TYPES), *remedy}))
