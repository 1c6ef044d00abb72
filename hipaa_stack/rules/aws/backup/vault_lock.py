"""Who takes over an account deletes the backups first; a vault that is locked for good keeps them even from its administrators."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_LOCK: Final = aws("backup/vaultLockConfiguration")


@rule(
    id="AWS-BKP-003",
    title="Vaults are locked",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("backup/vault"),),
    cites=(
        Cite("164.312(c)(1)", "backups can be neither changed nor deleted before their time"),
        Cite("164.308(a)(7)(ii)(A)", "the copies are there when they are needed"),
    ),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Add a backup.VaultLockConfiguration with changeableForDays, after which the lock can never be taken away.",
)
def check(vault: Node, stack: Stack) -> Iterator[Violation]:
    if not some(stack.linked(vault.resource, _LOCK, via="backupVaultName"), _for_good):
        yield vault.fail("name", "its backups can be deleted at any time")


def _for_good(lock: Resource) -> bool:
    """In compliance mode; without the days, whoever may change the lock may take it away (AWS Backup developer guide)."""
    return (lock.planned.number("changeableForDays") or 0) > 0
