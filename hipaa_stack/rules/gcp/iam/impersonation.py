"""Who may act as every service account of a project holds the rights of all of them together, the strongest included."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._grants import WIDE_GRANTS, grants

_ACTING: Final = frozenset(f"roles/iam.{name}" for name in ("serviceAccountTokenCreator", "serviceAccountUser", "workloadIdentityUser"))
"""Roles that hand out tokens of a service account, or attach it to a machine (IAM documentation, service account roles)."""


@rule(
    id="GCP-IAM-005",
    title="Impersonation is not project-wide",
    severity=Severity.HIGH,
    types=WIDE_GRANTS,
    cites=(
        Cite("164.312(a)(2)(i)", "an action of an account traces to those few who may act as it"),
        Cite("164.308(a)(4)(ii)(B)", "acting as an account is granted account by account"),
    ),
    fix="Grant the role on the one service account, with a serviceaccount.IAMMember.",
    each=grants,
)
def check(grant: Node) -> Iterator[Violation]:
    role = grant.string("role")
    if role in _ACTING:
        yield grant.fail("role", f"{role} acts as every service account there")
