"""A backup holds every Secret of a cluster; under a key of Google whoever may read the backup may read them, and you cannot take that back."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.rules.gcp.backup._plans import PLAN
from hipaa_stack.settings import Profile


@rule(
    id="GCP-BKP-004",
    title="Cluster backups use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(PLAN,),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt a backup is decided by your own key"),),
    tags=(KEY_CONTROL,),
    fix="Set backupConfig.encryptionKey.gcpKmsEncryptionKey.",
    each=asked,
)
def check(plan: Node, stack: Stack) -> Iterator[Violation]:
    path = "backupConfig.encryptionKey.gcpKmsEncryptionKey"
    if not own_key(plan, path, stack):
        yield plan.fail(path, "backups are under a key of Google")
