"""An unmasked /proc shows and changes settings of the node's kernel, unless a user namespace makes root in the pod nobody there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers, in_user_namespace, unmasks_proc
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-007",
    title="procMount is Default outside user namespaces",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "settings of the kernel are out of reach of containers"),),
    tags=("pss:baseline",),
    fix="Remove procMount, or set hostUsers to false on the pod.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    if all_of(lambda: unmasks_proc(container), lambda: not in_user_namespace(container)):
        yield container.fail("securityContext.procMount", "procMount is not Default in a pod with the node's users")
