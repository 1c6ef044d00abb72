"""A bucket that a destroy may empty loses every object with one command, in all versions."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET


@rule(
    id="AWS-S3-009",
    title="Buckets are not force-destroyed",
    severity=Severity.MEDIUM,
    types=(BUCKET,),
    cites=(Cite("164.312(c)(1)", "ePHI is not destroyed together with a stack"),),
    fix="Remove forceDestroy.",
)
def check(bucket: Node) -> Iterator[Violation]:
    if bucket.boolean("forceDestroy") is True:
        yield bucket.fail("forceDestroy", "a destroy deletes every object")
