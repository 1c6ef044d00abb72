"""On a managed cluster the group of all authenticated users may hold every account of the cloud; that of all service accounts holds every pod."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import subjects
from hipaa_stack.rules.kubernetes._types import BINDINGS

_NAMES = frozenset({"system:authenticated", "system:serviceaccounts"})


@rule(
    id="K8S-RBAC-003",
    title="All-user and all-account groups hold no role",
    severity=Severity.HIGH,
    types=BINDINGS,
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights go to named subjects, never to all that can sign in"),
        Cite("164.312(d)", "having a token of any pod is no proof of a right"),
    ),
    tags=("cis-gke",),
    fix="Bind the role to a named group, or to the service accounts of one namespace.",
    each=subjects,
)
def check(subject: Node) -> Iterator[Violation]:
    if subject.string("name") in _NAMES:
        yield subject.fail("name", "the role belongs to everybody who can sign in, or to every pod")
