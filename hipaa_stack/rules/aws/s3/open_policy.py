"""A policy that allows something to everybody is all that an attacker needs to know of a bucket besides its name."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._policies import open_to_all, statements
from hipaa_stack.rules.aws.s3._buckets import POLICY


def policy_statements(holder: Node) -> Iterator[Node]:
    """The statements of a bucket policy, which may stand in the bucket itself."""
    yield from statements(holder, "policy")


@rule(
    id="AWS-S3-008",
    title="Bucket policies are not public",
    severity=Severity.CRITICAL,
    types=(POLICY, BUCKET),
    cites=(Cite("164.312(a)(1)", "only named principals reach objects"),),
    fix="Name the principals, or limit the statement by a condition such as aws:PrincipalOrgID.",
    each=policy_statements,
)
def check(statement: Node) -> Iterator[Violation]:
    if open_to_all(statement):
        yield statement.fail("Principal", "the statement allows it to everybody")
