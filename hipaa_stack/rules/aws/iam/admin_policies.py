"""AWS manages policies that make their holder an administrator, directly or by letting them write policies."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, chain
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._origins import comes_from
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws

_ADMIN: Final = re.compile(r"arn:[^:]*:iam::aws:policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)")
_OWN: Final = aws("iam/policy")

_NAMES: Final = (
    "rolePolicyAttachment", "policyAttachment", "userPolicyAttachment", "groupPolicyAttachment", "role",
    "rolePolicyAttachmentsExclusive", "userPolicyAttachmentsExclusive", "groupPolicyAttachmentsExclusive",
)  # fmt: skip


@rule(
    id="AWS-IAM-003",
    title="No admin managed policy is attached",
    severity=Severity.CRITICAL,
    types=tuple(aws(f"iam/{name}") for name in _NAMES),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "administrators are few and named, not whoever holds a role"),
        Cite("164.312(a)(1)", "no identity reaches every system with ePHI at once"),
    ),
    fix="Attach a policy that names the actions and resources that are needed.",
    each=asked,
)
def check(attachment: Node, stack: Stack) -> Iterator[Violation]:
    return chain(_admin(attachment, path, stack) for path in ("policyArn", "policyArns", "managedPolicyArns"))


def _admin(attachment: Node, path: str, stack: Stack) -> Iterator[Violation]:
    if comes_from(attachment, path, stack, _OWN):
        return  # a policy that is made in the same run is none of AWS
    for at, arn in attachment.indexed_strings(path, scalar=True):
        found = _ADMIN.fullmatch(arn)
        if found:
            yield attachment.fail(at, f"attaches {found[1]}")
