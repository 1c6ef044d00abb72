"""Pods that share the account of their namespace share its rights, and audit logs cannot tell them apart."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import account_name
from hipaa_stack.rules.kubernetes._pods import pod as pod_spec
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-021",
    title="Workloads name their own service account",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "rights are given to one workload, not to a namespace"),
        Cite("164.312(a)(2)(i)", "an action in the audit log leads to one workload"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Create a ServiceAccount for the workload and set serviceAccountName to it.",
    each=pod_spec,
)
def check(pod: Node) -> Iterator[Violation]:
    if account_name(pod) == "default":
        yield pod.fail("serviceAccountName", "the pod runs with the default account of its namespace")
