"""Public access prevention overrules every grant to everybody, whoever makes it by mistake later."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-STG-002",
    title="Public access is prevented",
    severity=Severity.CRITICAL,
    types=(gcp("storage/bucket"),),
    cites=(Cite("164.312(a)(1)", "no grant can open the bucket to everybody"),),
    fix="Set publicAccessPrevention to enforced.",
    remediates=True,
)
def check(bucket: Node) -> Iterator[Violation]:
    if bucket.string("publicAccessPrevention") != "enforced":
        yield bucket.fail("publicAccessPrevention", "one grant to allUsers would make the bucket public", "enforced")
