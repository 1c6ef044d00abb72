"""Whoever breaks into a machine sends data out; where it may reach every address on every port, nothing stops that."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws.security_groups._rules import EGRESS_RULE, GROUP, RULE, egress, everybody, is_for, ports
from hipaa_stack.settings import Profile

_ALL: Final = range(1, 65536)


@rule(
    id="AWS-SG-003",
    title="Egress is limited",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(GROUP, RULE, EGRESS_RULE),
    cites=(Cite("164.312(e)(1)", "data leaves for named places, or by named protocols"),),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    each=egress,
    fix="Name the ports and networks that are needed, such as 443 to the network's own addresses.",
)
def check(permission: Node) -> Iterator[Violation]:
    if all_of(
        lambda: is_for(permission, "egress"),
        lambda: _ALL[0] in ports(permission) and _ALL[-1] in ports(permission),
        lambda: any(True for _ in everybody(permission)),
    ):
        yield permission.fail(next(everybody(permission)), "every address is reached on every port")
