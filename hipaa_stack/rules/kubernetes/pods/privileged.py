"""A privileged container is root on its node: it reads the memory, the volumes and the credentials of every pod there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-001",
    title="Containers are not privileged",
    severity=Severity.CRITICAL,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a privileged container reaches the data of every pod on its node"),
        Cite("164.308(a)(1)(ii)(B)", "taking over a container must not mean taking over the node"),
    ),
    tags=("pss:baseline", "cis-eks", "cis-gke", "nsa"),
    fix="Set securityContext.privileged to false, or remove it.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    if container.boolean("securityContext.privileged"):
        yield container.fail("securityContext.privileged", "privileged is true")
