"""Whoever approves certificates can have one issued for any user name, and that certificate cannot be revoked."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import CLUSTER_ROLE

_GROUP = "certificates.k8s.io"
_APPROVE = right(_GROUP, ("certificatesigningrequests/approval",), ("update", "patch"))
_SIGN = right(_GROUP, ("signers",), ("approve",))


@rule(
    id="K8S-RBAC-012",
    title="No role may approve certificates",
    severity=Severity.HIGH,
    types=(CLUSTER_ROLE,),
    cites=(
        Cite("164.312(d)", "a certificate proves an identity that somebody has verified"),
        Cite("164.308(a)(4)(ii)(B)", "nobody issues identities with rights of their choice"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Remove update and patch on certificatesigningrequests/approval, and approve on signers.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if any_of(lambda: grants(item, _APPROVE), lambda: grants(item, _SIGN)):
        yield item.fail("", "may approve certificates")
