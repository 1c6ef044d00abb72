"""The masked parts of /proc are of no use to applications, also where a user namespace stands between them and the node."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers, unmasks_proc
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-015",
    title="procMount is Default even in user namespaces",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "settings of the kernel are out of reach, whatever the user namespace lets through"),),
    tags=("pss:restricted",),
    fix="Remove procMount.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    if unmasks_proc(container):
        yield container.fail("securityContext.procMount", "procMount is not Default")
