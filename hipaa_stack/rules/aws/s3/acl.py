"""ACLs from the early days of S3 can open a bucket to everybody, or to everybody with any account of AWS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-S3-006",
    title="ACLs are not public",
    severity=Severity.CRITICAL,
    types=(aws("s3/bucketAcl"), BUCKET),
    cites=(Cite("164.312(a)(1)", "nobody outside of the organisation lists or reads objects"),),
    fix="Set acl to private, or remove the ACL and disable ACLs by BucketOwnershipControls.",
)
def check(holder: Node) -> Iterator[Violation]:
    grants = holder.items("grants", "accessControlPolicy.grants")
    yield from chain((_canned(holder), chain(_granted(grant) for grant in grants)))


def _canned(holder: Node) -> Iterator[Violation]:
    acl = holder.string("acl") or ""
    if acl.startswith("public-") or acl == "authenticated-read":
        yield holder.fail("acl", f"{acl} opens the bucket to strangers")


def _granted(grant: Node) -> Iterator[Violation]:
    """Of a bucket the group stands in the grant itself."""
    for path in ("uri", "grantee.uri"):
        if (grant.string(path) or "").endswith(("/AllUsers", "/AuthenticatedUsers")):
            yield grant.fail(path, "the group is everybody")
