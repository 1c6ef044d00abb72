"""Without a trail, AWS keeps ninety days of management events and nothing else: what happened before is lost."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._audit_logs import TRAIL
from hipaa_stack.settings import Profile, Settings


@rule(
    id="AWS-TRAIL-006",
    title="The stack has a trail",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=("pulumi:pulumi:Stack",),
    cites=(Cite("164.312(b)", "calls to the AWS API are recorded"),),
    fix="Declare a trail, or set external_trail where one of the account or organisation records this stack.",
)
def check(root: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    if not any(stack.of("aws:*")):
        raise NotApplicable("nothing of AWS in the stack")
    if settings.external_trail:
        raise NotApplicable("external_trail: a trail outside the stack records it")
    if not any(stack.of(TRAIL)):
        yield root.fail("resources", "the stack has no trail")
