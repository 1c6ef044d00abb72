"""Images hold the programs that read ePHI, and at times more than was meant: a key of your own decides who may pull them."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of, some
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import KEY_CONTROL, Cite, Severity, rule
from hipaa_stack.rules.aws._keys import own_key
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_KMS: Final = frozenset({"KMS", "KMS_DSSE"})
_CONFIGURATIONS: Final = "encryptionConfigurations"


@rule(
    id="AWS-ECR-002",
    title="ECR repositories use your key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("ecr/repository"),),
    cites=(Cite("164.312(a)(2)(iv)", "who may decrypt an image is decided by your own key policy"),),
    tags=(KEY_CONTROL,),
    fix="Make the repository anew with encryptionType KMS and the ARN of a key in kmsKey.",
    each=asked,
)
def check(repository: Node, stack: Stack) -> Iterator[Violation]:
    if not some(repository.items(_CONFIGURATIONS), lambda configuration: _own(configuration, stack)):
        yield repository.fail(_CONFIGURATIONS, "images are under no key of your own")


def _own(configuration: Node, stack: Stack) -> bool:
    return all_of(lambda: configuration.string("encryptionType") in _KMS, lambda: own_key(configuration, "kmsKey", stack))
