"""Whoever may hand any role to a service gets the rights of the strongest role: they start something that runs with it."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import allows_action, identity_statements
from hipaa_stack.rules.aws._types import POLICIES
from hipaa_stack.rules.aws.iam._resources import on_all

_EVERY_ROLE: Final = re.compile(r"arn:[^:]*:iam:([^:]*:){0,2}(role/)?\*+")


@rule(
    id="AWS-IAM-012",
    title="PassRole names roles",
    severity=Severity.HIGH,
    types=POLICIES,
    cites=(Cite("164.308(a)(4)(ii)(B)", "nobody lends out rights that they were not given themselves"),),
    fix="Name the roles, or a path of roles, in Resource.",
    each=identity_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if all_of(lambda: allows_action(statement, "iam:PassRole"), lambda: on_all(statement, _EVERY_ROLE)):
        yield statement.fail("Resource", "may hand any role to a service")
