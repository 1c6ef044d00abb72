"""A user outside of every group has rights of their own or none; a group without users grants to whoever is added next."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_USER: Final = aws("iam/user")
_GROUP: Final = aws("iam/group")
_OF_USER: Final = aws("iam/userGroupMembership")
_OF_GROUP: Final = aws("iam/groupMembership")


@rule(
    id="AWS-IAM-009",
    title="Users belong to groups",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(_USER, _GROUP),
    cites=(Cite("164.308(a)(4)(ii)(B)", "rights are granted to a task, and people are assigned to it"),),
    fix="Put the user into a group with iam.GroupMembership or iam.UserGroupMembership; remove groups that nobody is in.",
)
def check(principal: Node, stack: Stack) -> Iterator[Violation]:
    resource = principal.resource
    if resource.rule_type == _USER:
        if not _member(resource, stack, (_OF_USER, "user", "groups"), (_OF_GROUP, "users", "group")):
            yield principal.fail("name", "in no group of the stack")
    elif not _member(resource, stack, (_OF_USER, "groups", "user"), (_OF_GROUP, "group", "users")):
        yield principal.fail("name", "no user of the stack is in this group")


def _member(resource: Resource, stack: Stack, *ways: tuple[str, str, str]) -> bool:
    """Whether a membership names the resource in one property, and somebody or some group in the other."""
    return any_of(
        *(
            lambda type_=type_, via=via, other=other: some(
                stack.linked(resource, type_, via=via), lambda membership: membership.planned.is_set(other)
            )
            for type_, via, other in ways
        )
    )
