"""The namespace default has no owner, and none of the policies, quotas and roles that other namespaces are given."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import INGRESS, ROLE, SERVICE, SERVICE_ACCOUNT, WORKLOADS


@rule(
    id="K8S-POD-026",
    title="Objects do not live in namespace default",
    severity=Severity.MEDIUM,
    types=(
        *WORKLOADS,
        SERVICE,
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:Secret",
        SERVICE_ACCOUNT,
        ROLE,
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        INGRESS,
    ),
    cites=(Cite("164.312(a)(1)", "access is given per namespace, so each application needs one of its own"),),
    tags=("cis-eks", "cis-gke"),
    fix="Set metadata.namespace to a namespace of the application, or the namespace of the provider.",
)
def check(namespaced: Node, stack: Stack) -> Iterator[Violation]:
    if stack.namespace_of(namespaced.resource) == "default":
        yield namespaced.fail("metadata.namespace", "the object is in the namespace default")
