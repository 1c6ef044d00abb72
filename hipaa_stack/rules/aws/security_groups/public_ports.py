"""A service on the internet is one for browsers, over HTTP that redirects and HTTPS; any other open port is one that nobody thought of."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.security_groups._rules import INGRESS, everybody, ingress, is_for, ports

_WEB: Final = (range(80, 81), range(443, 444))


@rule(
    id="AWS-SG-002",
    title="Other public ports are 80 and 443 only",
    severity=Severity.HIGH,
    types=INGRESS,
    cites=(Cite("164.312(e)(1)", "what is on the internet speaks HTTPS"),),
    each=ingress,
    fix="Open port 443, and 80 where it redirects, each by a rule of its own; name the sources of anything else.",
)
def check(permission: Node) -> Iterator[Violation]:
    if all_of(
        lambda: is_for(permission, "ingress"),
        lambda: bool(ports(permission)) and ports(permission) not in _WEB,
        lambda: any(True for _ in everybody(permission)),
    ):
        open_ = ports(permission)
        yield permission.fail(next(everybody(permission)), f"every address reaches ports {open_[0]} to {open_[-1]}")
