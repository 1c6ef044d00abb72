"""A backup beside its store goes down with the account or region that it is in."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile


@rule(
    id="AWS-BKP-004",
    title="Backups are copied away",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("backup/plan"),),
    cites=(
        Cite("164.308(a)(7)(ii)(B)", "what a region or an account loses can be restored in another"),
        Cite("164.308(a)(7)(ii)(C)", "critical work goes on from the copy"),
    ),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Give a rule of the plan copyActions with the ARN of a vault in another account or region.",
)
def check(plan: Node) -> Iterator[Violation]:
    if not some(plan.items("rules"), _copies):  # every rule of a plan holds for all that the plan takes in
        yield plan.fail("rules", "no rule copies its backups to another vault")


def _copies(schedule: Node) -> bool:
    return any_of(
        lambda: some(schedule.items("copyActions"), lambda copy: copy.is_set("destinationVaultArn")),
        lambda: schedule.is_set("targetLogicallyAirGappedBackupVaultArn"),
    )
