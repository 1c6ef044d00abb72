"""A restore that is planned in an emergency is planned badly; with a plan at hand it is tried beforehand, and takes one command."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp.backup._plans import PLAN, RESTORE_PLAN
from hipaa_stack.settings import Profile


@rule(
    id="GCP-BKP-003",
    title="A restore plan exists",
    severity=Severity.MEDIUM,
    profile=Profile.NPRM_2025,
    types=(PLAN,),
    cites=(
        Cite("164.308(a)(7)(ii)(D)", "restores can be tried before they are needed"),
        Cite("164.308(a)(7)(ii)(B)", "lost data are restored by a procedure that stands"),
    ),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Declare a gkebackup RestorePlan for the backup plan.",
)
def check(plan: Node, stack: Stack) -> Iterator[Violation]:
    if not any(stack.linked(plan.resource, RESTORE_PLAN, via="backupPlan")):
        yield plan.fail("name", "nothing says how its backups are restored")
