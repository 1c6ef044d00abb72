"""Listing and watching Secrets returns their values, those of other applications of the namespace included."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import ROLE
from hipaa_stack.settings import Profile

_RIGHT = right("", ("secrets",), ("list", "watch"), unless_named=True)


@rule(
    id="K8S-RBAC-008",
    title="Namespaced roles do not list Secrets",
    severity=Severity.MEDIUM,
    types=(ROLE,),
    cites=(Cite("164.308(a)(4)(ii)(B)", "an application reads its own credentials by name, not those of its neighbours"),),
    tags=("cis-eks", "cis-gke"),
    fix="Allow get on the Secrets that are needed, by resourceNames.",
    profile=Profile.RECOMMENDED,
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "may list the Secrets of its namespace, values included")
