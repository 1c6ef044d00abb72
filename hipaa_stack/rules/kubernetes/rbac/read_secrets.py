"""Secrets hold the credentials of databases and of service accounts: who reads all of them holds everybody's rights."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import READ, grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import CLUSTER_ROLE

_RIGHT = right("", ("secrets",), READ, unless_named=True)


@rule(
    id="K8S-RBAC-007",
    title="Cluster roles cannot read every Secret",
    severity=Severity.HIGH,
    types=(CLUSTER_ROLE,),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "credentials are readable by those who use them"),
        Cite("164.312(a)(1)", "reading every Secret opens every system that a Secret belongs to"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Name the Secrets in resourceNames, or read them through a Role in one namespace.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "may read every Secret of the cluster")
