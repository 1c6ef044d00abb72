"""Who creates tokens of a service account acts as that account, for as long as the token lives."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import ROLES

_RIGHT = right("", ("serviceaccounts/token",), ("create",), unless_named=True)


@rule(
    id="K8S-RBAC-011",
    title="No role may mint service-account tokens",
    severity=Severity.HIGH,
    types=ROLES,
    cites=(
        Cite("164.312(d)", "a token proves the identity of the workload that it was issued to"),
        Cite("164.308(a)(4)(ii)(B)", "who mints tokens of other accounts holds their rights too"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Name the service accounts in resourceNames, or remove create on serviceaccounts/token.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "may create tokens of any service account")
