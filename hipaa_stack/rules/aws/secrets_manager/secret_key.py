"""Under the key that AWS manages, every identity that may read the secret may decrypt it too: no key policy stands in between."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, chain
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile


@rule(
    id="AWS-SM-001",
    title="Secrets use a CMK",
    severity=Severity.HIGH,
    profile=Profile.RECOMMENDED,
    types=(aws("secretsmanager/secret"),),
    cites=(
        Cite("164.312(a)(2)(iv)", "credentials are encrypted with a key of your own"),
        Cite("164.308(a)(5)(ii)(D)", "who may decrypt a credential is decided apart from who may read it"),
    ),
    tags=(KEY_CONTROL,),
    fix="Set kmsKeyId, and that of every replica, to a KMS key.",
    each=asked,
)
def check(secret: Node, stack: Stack) -> Iterator[Violation]:
    yield from chain((_foreign(secret, stack), chain(_foreign(replica, stack) for replica in secret.items("replicas"))))


def _foreign(copy: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(copy, "kmsKeyId", stack):
        yield copy.fail("kmsKeyId", "under no key of your own")
