"""On a file system that cannot be written an attacker cannot leave a program, nor change the ones that are there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import linux_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-023",
    title="Root file systems are read-only",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(
        Cite("164.312(c)(1)", "programs in a container stay as they were built and reviewed"),
        Cite("164.308(a)(1)(ii)(B)", "malicious code finds no place to stay"),
    ),
    tags=("nsa",),
    fix="Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where the application writes.",
    each=linux_containers,
)
def check(container: Node) -> Iterator[Violation]:
    if container.boolean("securityContext.readOnlyRootFilesystem") is not True:
        yield container.fail("securityContext.readOnlyRootFilesystem", "readOnlyRootFilesystem is not true")
