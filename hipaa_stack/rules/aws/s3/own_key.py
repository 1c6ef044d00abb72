"""S3 encrypts everything with a key of its own unless it is told otherwise; with your key, whoever reads needs your key policy too.

Access logs are the exception: S3 and load balancers deliver them to buckets without a key of yours alone.
"""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._buckets import BUCKET, KMS, encryption_of
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws.s3._buckets import takes_access_logs
from hipaa_stack.settings import Profile


@rule(
    id="AWS-S3-002",
    title="Buckets encrypt with a CMK",
    severity=Severity.HIGH,
    profile=Profile.RECOMMENDED,
    types=(BUCKET,),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt objects is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Set sseAlgorithm aws:kms and kmsMasterKeyId in a BucketServerSideEncryptionConfiguration.",
    each=asked,
)
def check(bucket: Node, stack: Stack) -> Iterator[Violation]:
    if not any_of(
        lambda: some(encryption_of(bucket, stack), lambda each: _is_yours(each, stack)), lambda: takes_access_logs(bucket, stack)
    ):
        yield bucket.fail("bucket", "objects are under no key of your own")


def _is_yours(default: Node, stack: Stack) -> bool:
    return all_of(lambda: default.string("sseAlgorithm") in KMS, lambda: own_key(default, "kmsMasterKeyId", stack))
