"""Encryption protects nothing from an identity that may decrypt with every key of the account."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import Condition, allows_action, conditions, identity_statements
from hipaa_stack.rules.aws._types import POLICIES
from hipaa_stack.rules.aws.iam._resources import on_all

_EVERY_KEY: Final = re.compile(r"arn:[^:]*:kms:([^:]*:){0,2}(key/)?\*+")
_ALIASES: Final = frozenset({"kms:resourcealiases", "kms:requestalias"})
_TAGS: Final = "aws:resourcetag/"
_OPERATORS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})


@rule(
    id="AWS-IAM-013",
    title="Decrypt names keys",
    severity=Severity.MEDIUM,
    types=POLICIES,
    cites=(
        Cite("164.312(a)(2)(iv)", "each key opens its own data to its own readers"),
        Cite("164.308(a)(4)(ii)(B)", "who may read which data is decided key by key"),
    ),
    fix="Name the keys in Resource, or by alias or tag in a condition.",
    each=identity_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if all_of(
        lambda: allows_action(statement, "kms:Decrypt"),
        lambda: on_all(statement, _EVERY_KEY),
        lambda: not some(conditions(statement), _names_keys),
    ):
        yield statement.fail("Resource", "may decrypt with every key")


def _names_keys(condition: Condition) -> bool:
    """Whether a condition holds only for keys with an alias or tag that it names (KMS developer guide, ABAC)."""
    return all_of(
        lambda: condition.operator in _OPERATORS,
        lambda: condition.key in _ALIASES or condition.key.startswith(_TAGS),
        lambda: _narrow(condition),
    )


def _narrow(condition: Condition) -> bool:
    found = False
    for value in condition.values():
        found = True
        if not value.removeprefix("alias/").strip("*?"):
            return False
    return found
