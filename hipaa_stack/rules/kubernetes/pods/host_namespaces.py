"""In the network, process or IPC namespace of its node a pod sees the traffic, the processes and the memory of others."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import pod as pod_spec
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-002",
    title="Pods do not share host namespaces",
    severity=Severity.CRITICAL,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a pod in a host namespace reaches the traffic and the processes of every pod on its node"),
        Cite("164.308(a)(1)(ii)(B)", "taking over a pod must not mean watching its node"),
    ),
    tags=("pss:baseline", "nsa"),
    fix="Remove hostNetwork, hostPID and hostIPC, or set them to false.",
    each=pod_spec,
)
def check(pod: Node) -> Iterator[Violation]:
    for path, shared in read_each(pod.boolean, "hostNetwork", "hostPID", "hostIPC"):
        if shared:
            yield pod.fail(path, f"{path} is true")
