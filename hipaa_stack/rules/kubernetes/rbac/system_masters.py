"""Members of system:masters pass every authorisation check; whoever is in it keeps its rights when all bindings are removed."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import subjects
from hipaa_stack.rules.kubernetes._types import BINDINGS

_NAMES = frozenset({"system:masters"})


@rule(
    id="K8S-RBAC-016",
    title="Nothing is bound to system:masters",
    severity=Severity.CRITICAL,
    types=BINDINGS,
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights that no binding can take back are not authorised by anybody"),
        Cite("164.312(a)(2)(i)", "the group hides which person acts"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Bind the role to a named group, and leave system:masters to the control plane.",
    each=subjects,
)
def check(subject: Node) -> Iterator[Violation]:
    if subject.string("name") in _NAMES:
        yield subject.fail("name", "the role belongs to system:masters")
