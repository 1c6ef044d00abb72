"""Every pod that names no service account runs as the default one: its rights are everybody's rights."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import subjects
from hipaa_stack.rules.kubernetes._types import BINDINGS


@rule(
    id="K8S-RBAC-017",
    title="Default service accounts hold no role",
    severity=Severity.MEDIUM,
    types=BINDINGS,
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights are given to the workload that needs them"),
        Cite("164.312(a)(1)", "a pod that nobody thought about can do nothing"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Give the workload a service account of its own, and bind the role to that.",
    each=subjects,
)
def check(subject: Node) -> Iterator[Violation]:
    name = subject.string("name") or ""
    as_user = name.startswith("system:serviceaccount:") and name.endswith(":default")
    if as_user or (name == "default" and subject.string("kind") == "ServiceAccount"):
        yield subject.fail("name", "the role belongs to a default service account")
