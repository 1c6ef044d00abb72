"""A key in a hardware module cannot be copied by whoever takes over the software around it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.settings import Profile

_HARDWARE: Final = frozenset({"HSM", "HSM_SINGLE_TENANT", "EXTERNAL", "EXTERNAL_VPC"})
"""Protection levels of keys in modules of Google, or in a key manager outside of it."""


@rule(
    id="GCP-KMS-002",
    title="Keys are hardware-backed",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(gcp("kms/cryptoKey"),),
    cites=(Cite("164.312(a)(2)(iv)", "the key that decrypts ePHI never leaves a hardware module"),),
    fix="Make a new key with versionTemplate.protectionLevel HSM, and encrypt with it from then on.",
)
def check(key: Node) -> Iterator[Violation]:
    if key.string("versionTemplate.protectionLevel") not in _HARDWARE:
        yield key.fail("versionTemplate.protectionLevel", "lies in software")
