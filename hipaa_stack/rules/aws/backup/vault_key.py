"""Backups hold everything that the stores hold: under the key that AWS manages, no key policy of yours guards them."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile


@rule(
    id="AWS-BKP-002",
    title="Vaults use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("backup/vault"),),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a backup is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Set kmsKeyArn when the vault is made.",
    each=asked,
)
def check(vault: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(vault, "kmsKeyArn", stack):
        yield vault.fail("kmsKeyArn", "backups are under no key of your own")
