"""Google encrypts every bucket; with a key of your own you can take the data away from whoever holds the bucket, and see who decrypts."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.settings import Profile


@rule(
    id="GCP-STG-003",
    title="Buckets use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(gcp("storage/bucket"),),
    cites=(Cite("164.312(a)(2)(iv)", "objects are encrypted with a key of your own"),),
    tags=(KEY_CONTROL,),
    fix="Set encryption.defaultKmsKeyName to a key of Cloud KMS.",
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(bucket, "encryption.defaultKmsKeyName", stack):
        yield bucket.fail("encryption.defaultKmsKeyName", "objects are under a key of Google alone")
