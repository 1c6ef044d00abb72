"""A HostProcess container runs on the Windows node itself, outside of any container."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import pod_and_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-012",
    title="Windows containers are not HostProcess",
    severity=Severity.CRITICAL,
    types=WORKLOADS,
    cites=(Cite("164.312(a)(1)", "a HostProcess container reaches the data of every pod on its node"),),
    tags=("pss:baseline",),
    fix="Remove windowsOptions.hostProcess, or set it to false.",
    each=pod_and_containers,
)
def check(part: Node) -> Iterator[Violation]:
    if part.boolean("securityContext.windowsOptions.hostProcess"):
        yield part.fail("securityContext.windowsOptions.hostProcess", "hostProcess is true")
