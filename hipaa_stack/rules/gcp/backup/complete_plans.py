"""A backup without volumes holds no ePHI, and one without Secrets gives workloads that cannot start; both look like backups until they are needed."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp.backup._plans import PLAN


@rule(
    id="GCP-BKP-002",
    title="Plans are complete",
    severity=Severity.MEDIUM,
    types=(PLAN,),
    cites=(Cite("164.308(a)(7)(ii)(A)", "a backup holds the data and what is needed to use them"),),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Set includeSecrets and includeVolumeData of backupConfig to true.",
)
def check(plan: Node) -> Iterator[Violation]:
    return chain(_left_out(plan, path) for path in ("backupConfig.includeSecrets", "backupConfig.includeVolumeData"))


def _left_out(plan: Node, path: str) -> Iterator[Violation]:
    if plan.boolean(path) is not True:
        yield plan.fail(path, "left out of backups")
