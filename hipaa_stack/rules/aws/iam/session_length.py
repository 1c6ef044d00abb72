"""A session that was left open or stolen stays valid until it expires."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile

_LONGEST: Final = 8 * 3600
"""Seconds: a working day. Our reading: the regulation names no period."""


@rule(
    id="AWS-IAM-014",
    title="Role session lifetime is limited",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(aws("iam/role"),),
    cites=(Cite("164.312(a)(2)(iii)", "a session ends with the working day; inactivity is up to the identity provider"),),
    fix="Set maxSessionDuration to 28800 or less.",
)
def check(role: Node) -> Iterator[Violation]:
    if (role.number("maxSessionDuration") or 0) > _LONGEST:
        yield role.fail("maxSessionDuration", "sessions may last for more than 8 hours")
