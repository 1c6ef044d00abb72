"""With forceDestroy one `pulumi destroy` deletes a bucket with every object in it; without, a bucket that is not empty stays."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-STG-005",
    title="GCS buckets are not force-destroyed",
    severity=Severity.MEDIUM,
    types=(gcp("storage/bucket"),),
    cites=(Cite("164.312(c)(1)", "records are not deleted together with the stack that made their bucket"),),
    fix="Set forceDestroy to false, or remove it.",
)
def check(bucket: Node) -> Iterator[Violation]:
    if bucket.boolean("forceDestroy"):
        yield bucket.fail("forceDestroy", "its objects are deleted with the bucket")
