"""Without versions or a retention, whoever may write to a bucket can also make a record be gone, by mistake or for ransom."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-STG-004",
    title="Buckets are versioned or retained",
    severity=Severity.MEDIUM,
    types=(gcp("storage/bucket"),),
    cites=(
        Cite("164.312(c)(1)", "an overwritten or deleted object can be had back"),
        Cite("164.308(a)(7)(ii)(A)", "earlier versions are exact copies"),
    ),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Set versioning.enabled to true, or a retentionPolicy.",
)
def check(bucket: Node) -> Iterator[Violation]:
    if not any_of(lambda: bucket.boolean("versioning.enabled") is True, lambda: bucket.is_set("retentionPolicy")):
        yield bucket.fail("versioning.enabled", "what is overwritten or deleted is gone")
