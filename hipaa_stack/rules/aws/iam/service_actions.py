"""All actions of a service include those that delete, that share with others, and that the service gains next year."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._policies import allows, identity_statements
from hipaa_stack.rules.aws._types import POLICIES
from hipaa_stack.settings import Profile

_WHOLE_SERVICE: Final = re.compile(r"[^:]*(:[*?]*\*[*?]*|\*)")
"""`s3:*`, `s3*` and `*`, but not `s3:Get*`."""


@rule(
    id="AWS-IAM-002",
    title="No policy allows a whole service",
    severity=Severity.HIGH,
    profile=Profile.RECOMMENDED,
    types=POLICIES,
    cites=(Cite("164.308(a)(4)(ii)(B)", "rights are those that a task needs, not all that a service knows"),),
    fix="Name the actions that are needed, such as s3:GetObject.",
    each=identity_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if all_of(
        lambda: allows(statement),
        lambda: some(statement.strings("Action", scalar=True), lambda action: _WHOLE_SERVICE.fullmatch(action) is not None),
    ):
        yield statement.fail("Action", "allows every action of a service")
