"""The longer one key encrypts, the more ePHI is lost with it; a key that rotates encrypts with new material every year."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-KMS-001",
    title="Symmetric keys rotate",
    severity=Severity.HIGH,
    types=(aws("kms/key"),),
    cites=(Cite("164.312(a)(2)(iv)", "what one version of a key has encrypted stays limited in time"),),
    tags=("cis-eks",),
    fix="Set enableKeyRotation to true.",
    remediates=True,
)
def check(key: Node) -> Iterator[Violation]:
    if not any_of(lambda: key.boolean("enableKeyRotation") is True, lambda: not _can_rotate(key)):
        yield key.fail("enableKeyRotation", "the key keeps its material for ever", remedy=True)
    elif not key.boolean("enableKeyRotation"):
        raise NotApplicable("AWS rotates symmetric keys of its own key store alone")


def _can_rotate(key: Node) -> bool:
    """True for a symmetric encryption key whose material AWS has made (KMS developer guide, rotating keys)."""
    return not any_of(
        lambda: key.string("keyUsage") not in (None, "", "ENCRYPT_DECRYPT"),
        lambda: key.string("customerMasterKeySpec") not in (None, "", "SYMMETRIC_DEFAULT"),
        lambda: key.is_set("customKeyStoreId"),
    )
