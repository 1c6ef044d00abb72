"""Even the default capabilities are parts of root that hardly any application needs."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import linux_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-014",
    title="Containers drop ALL capabilities",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a process holds no right of root that it does not need"),
        Cite("164.308(a)(1)(ii)(B)", "an attacker in a container finds no capability to build on"),
    ),
    tags=("pss:restricted", "nsa"),
    fix="Set securityContext.capabilities.drop to [ALL], and add nothing but NET_BIND_SERVICE.",
    each=linux_containers,
)
def check(container: Node) -> Iterator[Violation]:
    yield from chain((_added(container), _kept(container)))


def _added(container: Node) -> Iterator[Violation]:
    for path, name in container.indexed_strings("securityContext.capabilities.add"):
        if name != "NET_BIND_SERVICE":
            yield container.fail(path, f"{name} is added")


def _kept(container: Node) -> Iterator[Violation]:
    if "ALL" not in container.strings("securityContext.capabilities.drop"):
        yield container.fail("securityContext.capabilities.drop", "ALL is not dropped")
