"""How many pods of a workload there are at least."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, any_of
from hipaa_stack.rules.kubernetes._types import AUTOSCALER, AUTOSCALER_V1, DEPLOYMENT, STATEFUL_SET

REPLICATED: Final = (DEPLOYMENT, STATEFUL_SET)

_SEVERAL: Final = 2


def is_replicated(workload: Node, stack: Stack) -> bool:
    """True when a workload has two replicas or more, by itself or by an autoscaler; one is the default of both."""
    return any_of(lambda: _several(workload, "spec.replicas"), lambda: _is_scaled(workload.resource, stack))


def _is_scaled(workload: Resource, stack: Stack) -> bool:
    kind = workload.rule_type.rpartition(":")[2]
    target = stack.home(workload), kind, workload.root.string("metadata.name") or workload.name
    return any(True for _ in stack.keyed(target, AUTOSCALER, AUTOSCALER_V1, by=_target))


def _target(stack: Stack, autoscaler: Resource) -> Iterator[Hashable]:
    """What an autoscaler keeps at two replicas or more."""
    root = autoscaler.root
    if _several(root, "spec.minReplicas"):
        yield stack.home(autoscaler), root.string("spec.scaleTargetRef.kind"), root.string("spec.scaleTargetRef.name")


def _several(root: Node, path: str) -> bool:
    number = root.number(path)
    return number is not None and number >= _SEVERAL
