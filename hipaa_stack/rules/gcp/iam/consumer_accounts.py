"""A private account belongs to a person, not to the organisation: nobody can end it, ask it for a second factor, or see its log-ins."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._grants import GRANTS, grants, members

_CONSUMER: Final = ("@gmail.com", "@googlemail.com")


@rule(
    id="GCP-IAM-006",
    title="No consumer accounts",
    severity=Severity.MEDIUM,
    types=GRANTS,
    cites=(Cite("164.312(a)(2)(i)", "every user is one that the organisation has made and can end"),),
    fix="Grant the role to an account, or better to a group, of your own domain.",
    each=grants,
)
def check(grant: Node) -> Iterator[Violation]:
    for path, member in members(grant):
        if member.startswith("user:") and member.lower().endswith(_CONSUMER):
            yield grant.fail(path, "is a private account, which the organisation cannot end")
