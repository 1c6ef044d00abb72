"""Google encrypts every repository; with a key of your own you decide until when its images can be read, and see who reads them."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.gcp._keys import own_key
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.settings import Profile


@rule(
    id="GCP-AR-001",
    title="Repositories use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(gcp("artifactregistry/repository"),),
    cites=(Cite("164.312(a)(2)(iv)", "images are encrypted with a key of your own"),),
    tags=(KEY_CONTROL,),
    fix="Make a new repository with kmsKeyName; it cannot be changed later.",
)
def check(repository: Node, stack: Stack) -> Iterator[Violation]:
    if not own_key(repository, "kmsKeyName", stack):
        yield repository.fail("kmsKeyName", "images are under a key of Google alone")
