"""Whoever creates a pod may mount any Secret of its namespace, and act as any service account there."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import CLUSTER_ROLE
from hipaa_stack.settings import Profile

_RIGHTS = (
    right("", ("pods", "replicationcontrollers"), ("create",)),
    right("apps", ("deployments", "statefulsets", "daemonsets", "replicasets"), ("create",)),
    right("batch", ("jobs", "cronjobs"), ("create",)),
)


@rule(
    id="K8S-RBAC-014",
    title="Cluster roles cannot create workloads",
    severity=Severity.MEDIUM,
    types=(CLUSTER_ROLE,),
    cites=(Cite("164.308(a)(4)(ii)(B)", "deploying in a namespace reads its credentials, so the right is given namespace by namespace"),),
    tags=("cis-eks", "cis-gke"),
    fix="Grant create on workloads through a Role in the namespaces that need it.",
    profile=Profile.RECOMMENDED,
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if some(_RIGHTS, lambda wanted: grants(item, wanted)):
        yield item.fail("", "may create pods in any namespace")
