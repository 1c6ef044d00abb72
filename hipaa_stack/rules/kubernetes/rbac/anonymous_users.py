"""A role of the anonymous user or the unauthenticated group belongs to everybody who reaches the API server."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import subjects
from hipaa_stack.rules.kubernetes._types import BINDINGS

_NAMES = frozenset({"system:anonymous", "system:unauthenticated"})


@rule(
    id="K8S-RBAC-002",
    title="Anonymous users hold no role",
    severity=Severity.CRITICAL,
    types=BINDINGS,
    cites=(
        Cite("164.312(d)", "whoever acts on the cluster has proved who they are"),
        Cite("164.312(a)(1)", "nobody reaches ePHI systems without being known to them"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Remove the subject, and bind the role to a named group.",
    each=subjects,
)
def check(subject: Node) -> Iterator[Violation]:
    if subject.string("name") in _NAMES:
        yield subject.fail("name", "the role belongs to callers that have not signed in")
