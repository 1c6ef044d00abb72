"""Logins and databases on the internet are found within minutes, and then a weak password or an open flaw is enough."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._ports import GUARDED_PORTS
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.security_groups._rules import INGRESS, everybody, ingress, is_for, ports


@rule(
    id="AWS-SG-001",
    title="Admin and database ports are not public",
    severity=Severity.CRITICAL,
    types=INGRESS,
    cites=(
        Cite("164.312(a)(1)", "nobody on the internet reaches a login or a database"),
        Cite("164.312(e)(1)", "these protocols stay inside the network"),
    ),
    each=ingress,
    fix="Name the networks or security groups of those who need these ports, or use Session Manager.",
)
def check(permission: Node) -> Iterator[Violation]:
    if all_of(
        lambda: is_for(permission, "ingress"),
        lambda: any(port in ports(permission) for port in GUARDED_PORTS),
        lambda: any(True for _ in everybody(permission)),
    ):
        found = ", ".join(str(port) for port in sorted(GUARDED_PORTS) if port in ports(permission))
        yield permission.fail(next(everybody(permission)), f"every address reaches {found}")
