"""Whoever may do everything to everything can read all ePHI, switch off what records it, and grant the same to others."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import allows, identity_statements, on_everything
from hipaa_stack.rules.aws._types import POLICIES

_EVERY_ACTION: Final = re.compile(r"[*?]*\*[*?]*(:[*?]*\*[*?]*)?")


@rule(
    id="AWS-IAM-001",
    title="No IAM policy allows everything",
    severity=Severity.CRITICAL,
    types=POLICIES,
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights are granted one by one, after somebody has decided on them"),
        Cite("164.312(a)(1)", "no identity reaches every system with ePHI at once"),
    ),
    fix="Name the actions and resources that are needed.",
    each=identity_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if all_of(
        lambda: allows(statement),
        lambda: some(statement.strings("Action", scalar=True), lambda action: _EVERY_ACTION.fullmatch(action) is not None),
        lambda: on_everything(statement),
    ):
        yield statement.fail("Action", "allows every action on every resource")
