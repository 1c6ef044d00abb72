"""A shell, a database or a kubelet that the whole internet reaches is tried by everybody, all day, until one guess or one flaw fits."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp.network._firewalls import FIREWALL, POLICIES, POLICY_RULES, opened, rules


@rule(
    id="GCP-NET-004",
    title="Firewalls open no admin or database port",
    severity=Severity.CRITICAL,
    types=(FIREWALL, *POLICY_RULES, *POLICIES),
    cites=(
        Cite("164.312(a)(1)", "databases and shells are reached from known networks alone"),
        Cite("164.312(e)(1)", "the internet does not reach the ports by which ePHI leaves"),
    ),
    fix="Name the networks that need these ports, or use Identity-Aware Proxy instead of opening them.",
    each=rules,
)
def check(part: Node) -> Iterator[Violation]:
    for path, ports in opened(part):
        yield Violation(path, f"the whole internet reaches {ports}")
