"""Google encrypts every secret; with a key of your own you can take all of them away at once, and see who decrypts them."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.settings import Profile

_REGIONAL: Final = gcp("secretmanager/regionalSecret")
_KEY: Final = "customerManagedEncryption.kmsKeyName"


def _holders(secret: Node) -> Iterator[Node]:
    """The parts that name a key: a regional secret itself, each replica of your own, or the replication by Google."""
    if secret.resource.rule_type == _REGIONAL:
        yield secret
    elif secret.present("replication.userManaged"):
        yield from secret.items("replication.userManaged.replicas")
    else:
        yield secret.node("replication.auto")


@rule(
    id="GCP-SM-001",
    title="Secrets use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(gcp("secretmanager/secret"), _REGIONAL),
    cites=(
        Cite("164.312(a)(2)(iv)", "credentials are encrypted with a key of your own"),
        Cite("164.308(a)(5)(ii)(D)", "passwords can be made unreadable in one step"),
    ),
    tags=(KEY_CONTROL,),
    fix="Set customerManagedEncryption.kmsKeyName, of every replica where you manage replication.",
    each=_holders,
)
def check(holder: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(holder, _KEY, stack):
        yield holder.fail(_KEY, "is under a key of Google alone")
