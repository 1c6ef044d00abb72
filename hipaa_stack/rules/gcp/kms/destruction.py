"""A destroyed key takes with it everything that it has encrypted; until then somebody must have time to notice."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._durations import seconds
from hipaa_stack.rules.gcp._types import gcp

_MONTH: Final = 30 * 24 * 60 * 60
"""What Cloud KMS waits where nothing is said (Cloud KMS documentation, destroy and restore key versions)."""


@rule(
    id="GCP-KMS-003",
    title="Key destruction waits 30 days",
    severity=Severity.MEDIUM,
    types=(gcp("kms/cryptoKey"),),
    cites=(Cite("164.312(c)(1)", "a mistake or an attack on a key can be taken back before data is lost"),),
    fix="Make a new key with destroyScheduledDuration 2592000s, or without it; it cannot be changed later.",
)
def check(key: Node) -> Iterator[Violation]:
    wait = seconds(key, "destroyScheduledDuration")
    if wait is not None and wait < _MONTH:
        yield key.fail("destroyScheduledDuration", "a destroyed version is gone in less than 30 days")
