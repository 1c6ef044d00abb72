"""nodes/proxy leads to the API of the kubelet, past admission and audit of the API server: it runs commands in any pod of the node."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import ANY, grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import CLUSTER_ROLE

_RIGHT = right("", ("nodes/proxy",), ANY)


@rule(
    id="K8S-RBAC-010",
    title="No role reaches nodes/proxy",
    severity=Severity.HIGH,
    types=(CLUSTER_ROLE,),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights over one pod are granted on that pod"),
        Cite("164.312(a)(1)", "the kubelet runs commands in every pod of its node"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Remove nodes/proxy; metrics need nodes/metrics only.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "reaches the kubelet of every node")
