"""The longer one version of a key is in use, the more data is lost with it when it leaks; rotation bounds that to what one period wrote."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._durations import seconds
from hipaa_stack.rules.gcp._types import gcp

_YEAR: Final = 365 * 24 * 60 * 60
_QUARTER: Final = "7776000s"
"""90 days, the period that the console of Google Cloud proposes."""


@rule(
    id="GCP-KMS-001",
    title="Keys rotate within a year",
    severity=Severity.HIGH,
    types=(gcp("kms/cryptoKey"),),
    cites=(Cite("164.312(a)(2)(iv)", "one version of a key decrypts no more than what one period wrote"),),
    tags=("cis-gke",),
    fix="Set rotationPeriod to 31536000s or less.",
    remediates=True,
)
def check(key: Node) -> Iterator[Violation]:
    _rotates_in_kms(key)
    period = seconds(key, "rotationPeriod")
    if period is None:
        yield key.fail("rotationPeriod", "never rotates", _QUARTER)
    elif period > _YEAR:
        yield key.fail("rotationPeriod", "rotates less than once a year", _QUARTER)


def _rotates_in_kms(key: Node) -> None:
    """Cloud KMS rotates symmetric keys that it has made itself (Cloud KMS documentation, key rotation)."""
    if key.string("purpose") not in (None, "", "ENCRYPT_DECRYPT"):
        raise NotApplicable("only symmetric encryption keys can rotate by themselves")
    if key.boolean("importOnly"):
        raise NotApplicable("the material of the key is imported, and so is every new version")
    if (key.string("versionTemplate.protectionLevel") or "").startswith("EXTERNAL"):
        raise NotApplicable("the key lies in an external key manager, which rotates it")
