"""Whoever changes webhooks and admission policies may switch off the guards of the cluster, or read and change every object on its way."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import CLUSTER_ROLE

_RIGHT = right(
    "admissionregistration.k8s.io",
    (
        "validatingwebhookconfigurations",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
    ),
    ("create", "update", "patch", "delete", "deletecollection"),
    unless_named=True,
)


@rule(
    id="K8S-RBAC-013",
    title="No role may change admission configuration",
    severity=Severity.HIGH,
    types=(CLUSTER_ROLE,),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "what guards the cluster is changed by those who deploy it only"),
        Cite("164.312(c)(1)", "a webhook may change every object that is written"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Remove write access to admissionregistration.k8s.io, or name the objects in resourceNames.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if grants(item, _RIGHT):
        yield item.fail("", "may change webhooks or admission policies")
