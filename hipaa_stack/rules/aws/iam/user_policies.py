"""Rights that hang on one user stay when the task passes to somebody else, and are granted again there."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws

_LISTS: Final = {aws("iam/policyAttachment"): "users", aws("iam/userPolicyAttachmentsExclusive"): "policyArns"}
"""Types that attach something to users only where this list is not empty."""


@rule(
    id="AWS-IAM-008",
    title="Policies attach to groups or roles",
    severity=Severity.MEDIUM,
    types=(aws("iam/userPolicy"), aws("iam/userPolicyAttachment"), *_LISTS),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights belong to a task, and people to the tasks that they have"),
        Cite("164.308(a)(4)(ii)(C)", "who leaves a task leaves its rights in one step"),
    ),
    fix="Attach the policy to a group or a role.",
)
def check(attachment: Node) -> Iterator[Violation]:
    path = _LISTS.get(attachment.resource.rule_type)
    if path is None:
        yield attachment.fail("user", "a right of one user")
    elif attachment.is_set(path):
        yield attachment.fail(path, "rights of single users")
