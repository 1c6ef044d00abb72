"""Root in a container is root for the kernel: one flaw in the runtime, and it is root on the node."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import in_user_namespace, pod_and_containers, pod_of
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_SETTING: Final = "securityContext.runAsNonRoot"


@rule(
    id="K8S-POD-017",
    title="Pods run as non-root",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a process has the rights of an ordinary user"),
        Cite("164.308(a)(1)(ii)(B)", "an escape from a container does not end as root"),
    ),
    tags=("pss:restricted", "nsa"),
    fix="Set runAsNonRoot to true for the pod, and to false nowhere.",
    each=pod_and_containers,
)
def check(part: Node) -> Iterator[Violation]:
    if all_of(lambda: _may_be_root(part), lambda: not in_user_namespace(part)):
        yield part.fail(_SETTING, "nothing keeps the processes from running as root")


def _may_be_root(part: Node) -> bool:
    own = part.boolean(_SETTING)
    spec = pod_of(part)
    if own is None and part is not spec:
        return spec.boolean(_SETTING) is None  # where it is false, that is a violation of the pod's
    return own is False
