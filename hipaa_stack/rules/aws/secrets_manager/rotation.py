"""A credential that never changes stays valid for everybody who has seen it, those who have left included."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_ROTATION: Final = aws("secretsmanager/secretRotation")


@rule(
    id="AWS-SM-002",
    title="Secrets rotate",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(aws("secretsmanager/secret"),),
    cites=(Cite("164.308(a)(5)(ii)(D)", "credentials are changed on a schedule"),),
    fix="Add a secretsmanager.SecretRotation with rotationRules.",
)
def check(secret: Node, stack: Stack) -> Iterator[Violation]:
    if not some(stack.linked(secret.resource, _ROTATION, via="secretId"), lambda rotation: _rotates(rotation.planned)):
        yield secret.fail("name", "nothing in the stack rotates this secret")


def _rotates(rotation: Node) -> bool:
    return all_of(lambda: rotation.boolean("rotationEnabled") is not False, lambda: rotation.is_set("rotationRules"))
