"""Access lists on single objects open what the policy of the bucket keeps closed, and nobody sees them in a review."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-STG-001",
    title="Access is uniform",
    severity=Severity.HIGH,
    types=(gcp("storage/bucket"),),
    cites=(Cite("164.312(a)(1)", "one policy of the bucket says who reads its objects"),),
    fix="Set uniformBucketLevelAccess to true.",
    remediates=True,
)
def check(bucket: Node) -> Iterator[Violation]:
    if not bucket.boolean("uniformBucketLevelAccess"):
        yield bucket.fail("uniformBucketLevelAccess", "single objects may have access lists of their own", remedy=True)
