"""A container without bounds takes the memory and the processors of its node from every other one there."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, any_of, chain, read_each, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import pod_of, sized_containers
from hipaa_stack.rules.kubernetes._types import LIMIT_RANGE, WORKLOADS
from hipaa_stack.settings import Profile

_OWN: Final = {"cpu": ("resources.requests.cpu", "resources.limits.cpu"), "memory": ("resources.limits.memory",)}
"""What bounds a container; a limit is its request too, where none is set (Kubernetes, resource management)."""

_DEFAULTS: Final = {"cpu": ("defaultRequest.cpu", "default.cpu", "max.cpu", "min.cpu"), "memory": ("default.memory", "max.memory")}
"""What gives those to a container without them; the maximum stands in for a default (LimitRange v1, defaulting)."""


@rule(
    id="K8S-POD-022",
    title="CPU and memory are bounded",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.306(a)(1)", "one container cannot starve those that serve ePHI"),),
    tags=("nsa",),
    profile=Profile.RECOMMENDED,
    fix="Set requests of cpu and memory and a limit of memory, or a LimitRange with defaults in the namespace.",
    each=sized_containers,
)
def check(container: Node, stack: Stack) -> Iterator[Violation]:
    yield from chain(_unbounded(container, resource, stack) for resource in _OWN)


def _unbounded(container: Node, resource: str, stack: Stack) -> Iterator[Violation]:
    if not any_of(
        lambda: _has(container, _OWN[resource]),
        lambda: _has(pod_of(container), _OWN[resource]),
        lambda: some(stack.beside(container.resource, LIMIT_RANGE), lambda limits: _gives(limits.root, _DEFAULTS[resource])),
    ):
        yield container.fail(_OWN[resource][0], f"nothing bounds the {resource} of the container")


def _has(part: Node, paths: tuple[str, ...]) -> bool:
    return any(quantity != "" for _, quantity in read_each(part.number_or_string, *paths))


def _gives(limit_range: Node, paths: tuple[str, ...]) -> bool:
    return some(limit_range.items("spec.limits"), lambda limit: limit.string("type") == "Container" and _has(limit, paths))
