"""An issuer of tokens serves many: a role that trusts it without naming the subject trusts every pod, pipeline or person there."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Violation, all_of, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import Condition, allows_action, conditions, principals
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.iam._trust import trust

_EXACT: Final = frozenset({"stringequals", "stringequalsignorecase"})
_PATTERN: Final = "stringlike"
_COGNITO: Final = "cognito-identity.amazonaws.com:amr"
"""An identity pool makes up its subjects; this claim says whether they have signed in (Cognito developer guide, role trust)."""


@rule(
    id="AWS-IAM-011",
    title="Web-identity trust names subject and audience",
    severity=Severity.HIGH,
    types=(aws("iam/role"),),
    cites=(
        Cite("164.312(d)", "the token proves the one subject that the role is for"),
        Cite("164.312(a)(2)(i)", "every use of the role traces to one subject"),
    ),
    fix="Test the claims :sub and :aud of the issuer with StringEquals, without wildcards.",
    each=trust,
)
def check(statement: Node) -> Iterator[Violation]:
    if not _trusts_tokens(statement):
        raise NotApplicable("trusts no issuer of web identities")
    yield from chain(_untested(statement, claim) for claim in ("sub", "aud"))


def _trusts_tokens(statement: Node) -> bool:
    return all_of(
        lambda: allows_action(statement, "sts:AssumeRoleWithWebIdentity"),
        lambda: some(principals(statement, "Federated"), lambda issuer: ":saml-provider/" not in issuer),
    )


def _untested(statement: Node, claim: str) -> Iterator[Violation]:
    if not some(conditions(statement), lambda condition: _tests(condition, claim)):
        yield statement.fail("Condition", f"no condition names :{claim} of the token without wildcards")


def _tests(condition: Condition, claim: str) -> bool:
    signed_in = claim == "sub" and condition.key == _COGNITO
    return all_of(
        lambda: condition.operator in _EXACT or condition.operator == _PATTERN,
        lambda: signed_in or condition.key.endswith(f":{claim}"),
        lambda: _names(condition, but="unauthenticated" if signed_in else ""),
    )


def _names(condition: Condition, *, but: str) -> bool:
    """Whether every value names something: one that is a pattern lets in whatever it covers."""
    found = False
    for value in condition.values():
        found = True
        if value in ("", but) or (condition.operator == _PATTERN and set(value) & set("*?")):
            return False
    return found
