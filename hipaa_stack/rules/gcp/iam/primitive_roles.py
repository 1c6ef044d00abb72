"""An editor of a project reads, changes and deletes nearly everything in it: no grant of that width was ever decided on."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._grants import WIDE_GRANTS, grants

_PRIMITIVE: Final = frozenset({"roles/owner", "roles/editor"})


@rule(
    id="GCP-IAM-001",
    title="Primitive roles are absent",
    severity=Severity.HIGH,
    types=WIDE_GRANTS,
    cites=(Cite("164.308(a)(4)(ii)(B)", "a right is granted for a task, after somebody has decided on it"),),
    fix="Grant the predefined or custom roles that the task needs.",
    each=grants,
)
def check(grant: Node) -> Iterator[Violation]:
    role = grant.string("role")
    if role in _PRIMITIVE:
        yield grant.fail("role", f"{role} may change nearly everything there")
