"""The verbs escalate and bind switch off the check that keeps people from granting rights that they do not have."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import ROLES

_RIGHT = right("rbac.authorization.k8s.io", ("roles", "clusterroles"), ("escalate", "bind"))


@rule(
    id="K8S-RBAC-005",
    title="No role may escalate or bind",
    severity=Severity.CRITICAL,
    types=ROLES,
    cites=(Cite("164.308(a)(4)(ii)(B)", "nobody grants rights that they do not hold themselves"),),
    tags=("cis-eks", "cis-gke"),
    fix="Remove the verbs escalate and bind, and wildcards that hold them.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "may grant rights that its holder does not have")
