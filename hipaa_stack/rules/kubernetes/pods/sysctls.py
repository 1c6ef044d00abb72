"""Most kernel parameters belong to the whole node: a pod that sets them changes the node for every other pod."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import sysctls
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_SAFE: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    }
)
"""Parameters that every pod has for itself (Pod Security Standards, from v1.32 on)."""


@rule(
    id="K8S-POD-011",
    title="Only safe sysctls are set",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "one pod does not change the kernel of all others"),),
    tags=("pss:baseline",),
    fix="Remove the sysctls that Kubernetes does not list as safe.",
    each=sysctls,
)
def check(sysctl: Node) -> Iterator[Violation]:
    if sysctl.string("name") not in _SAFE:
        yield sysctl.fail("name", "the sysctl is not a safe one")
