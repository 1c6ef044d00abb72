"""A persistent volume may be a directory of the node: who creates one may mount any of them, whatever pods are allowed to mount."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import CLUSTER_ROLE
from hipaa_stack.settings import Profile

_RIGHT = right("", ("persistentvolumes",), ("create",))


@rule(
    id="K8S-RBAC-015",
    title="Roles cannot create persistent volumes",
    severity=Severity.MEDIUM,
    types=(CLUSTER_ROLE,),
    cites=(Cite("164.308(a)(4)(ii)(B)", "volumes come from storage classes that encrypt"),),
    tags=("cis-gke",),
    fix="Remove create on persistentvolumes; claims need a storage class only.",
    profile=Profile.RECOMMENDED,
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "may create persistent volumes, directories of nodes among them")
