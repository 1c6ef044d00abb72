"""A backup that nobody has ever restored is a hope."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._regions import same_region
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_TEST: Final = aws("backup/restoreTestingPlan")


@rule(
    id="AWS-BKP-005",
    title="Restores are tested",
    severity=Severity.MEDIUM,
    profile=Profile.NPRM_2025,
    types=(aws("backup/plan"),),
    cites=(Cite("164.308(a)(7)(ii)(D)", "restores are tried on a schedule"),),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Declare a backup.RestoreTestingPlan beside the plan.",
)
def check(plan: Node, stack: Stack) -> Iterator[Violation]:
    if not some(stack.of(_TEST), lambda test: same_region(test, plan.resource)):
        yield plan.fail("name", "nothing in the stack tries to restore its backups")
