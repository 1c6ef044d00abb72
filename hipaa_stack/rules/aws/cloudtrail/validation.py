"""Whoever covers tracks changes or removes files of a trail; signed digests show that one is missing or another."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import TRAIL


@rule(
    id="AWS-TRAIL-003",
    title="Trail files are validated",
    severity=Severity.HIGH,
    types=(TRAIL,),
    cites=(
        Cite("164.312(c)(1)", "the record of activity cannot be altered unnoticed"),
        Cite("164.312(c)(2)", "digests prove that a file is the one that was written"),
    ),
    fix="Set enableLogFileValidation to true.",
    remediates=True,
)
def check(trail: Node) -> Iterator[Violation]:
    if not trail.boolean("enableLogFileValidation"):
        yield trail.fail("enableLogFileValidation", "nothing shows that a file was changed or removed", remedy=True)
