"""Capabilities beyond the runtime's defaults are parts of root: raw sockets, the clock, modules, the memory of other processes."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_DEFAULTS: Final = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
"""Capabilities that the baseline level lets containers add (Pod Security Standards v1.36)."""


@rule(
    id="K8S-POD-006",
    title="Containers add only default capabilities",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a capability such as SYS_PTRACE or NET_RAW reaches other processes and their traffic"),
        Cite("164.308(a)(1)(ii)(B)", "a container needs no more of root than runtimes give by default"),
    ),
    tags=("pss:baseline",),
    fix="Remove the capabilities that are not among the default ones.",
    each=containers,
)
def check(container: Node) -> Iterator[Violation]:
    for path, name in container.indexed_strings("securityContext.capabilities.add"):
        if name not in _DEFAULTS:
            yield container.fail(path, f"{name} is not a default capability")
