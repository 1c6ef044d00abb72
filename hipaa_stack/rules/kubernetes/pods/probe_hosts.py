"""The kubelet itself sends probes and hooks: with a host of its own choice a pod makes it call anything that the node reaches."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_HOSTS: Final = tuple(
    f"{handler}.{action}.host"
    for handler in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")
    for action in ("httpGet", "tcpSocket")
)


@rule(
    id="K8S-POD-005",
    title="Probes and lifecycle hooks name no host",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.312(a)(1)", "a probe with a host calls systems from the node that the pod itself may not call"),),
    tags=("pss:baseline",),
    fix="Remove host from probes and lifecycle hooks, which then go to the pod itself.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    for path, host in read_each(container.string, *_HOSTS):
        if host:
            yield container.fail(path, f"the kubelet calls {host}")
