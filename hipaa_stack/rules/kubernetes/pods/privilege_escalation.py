"""With privilege escalation a process may gain more rights than its parent, by a setuid binary for instance."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import linux_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-013",
    title="Privilege escalation is off",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a process keeps the rights that it was given"),
        Cite("164.308(a)(1)(ii)(B)", "a setuid binary in an image gives no root"),
    ),
    tags=("pss:restricted", "cis-eks", "cis-gke", "nsa"),
    fix="Set securityContext.allowPrivilegeEscalation to false on every container.",
    each=linux_containers,
    remediates=True,
)
def check(container: Node) -> Iterator[Violation]:
    path = "securityContext.allowPrivilegeEscalation"
    if container.boolean(path) is not False:
        yield container.fail(path, "allowPrivilegeEscalation is not false", remedy=False, unless=lambda: _needs_it(container))


def _needs_it(container: Node) -> bool:
    """The API server refuses false for these containers: their processes hold the rights of an administrator anyway."""
    added = container.strings("securityContext.capabilities.add")
    return any_of(
        lambda: container.boolean("securityContext.privileged") is True,
        lambda: any(capability in {"SYS_ADMIN", "CAP_SYS_ADMIN"} for capability in added),
    )
