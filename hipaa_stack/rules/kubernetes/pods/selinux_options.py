"""SELinux keeps containers apart from their node and, by level, from each other; another type, user or role lifts that."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import pod_and_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_ACCEPTED: Final = {
    "securityContext.seLinuxOptions.type": ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"),
    "securityContext.seLinuxOptions.user": ("",),
    "securityContext.seLinuxOptions.role": ("",),
}
"""What the baseline level accepts (Pod Security Standards, from v1.31 on)."""


@rule(
    id="K8S-POD-008",
    title="SELinux options are not customised",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "the second wall around a container stays where the runtime puts it"),),
    tags=("pss:baseline",),
    fix="Remove user and role from seLinuxOptions, and use one of the container types.",
    each=pod_and_containers,
)
def check(part: Node) -> Iterator[Violation]:
    if not part.present("securityContext.seLinuxOptions"):
        return
    for path, value in read_each(part.string, *_ACCEPTED):
        if value not in _ACCEPTED[path]:
            yield part.fail(path, "the SELinux context is not that of a container")
