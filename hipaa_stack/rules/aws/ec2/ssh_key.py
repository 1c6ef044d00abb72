"""A key pair is one key for everybody who has it: nobody can tell who used it, and nobody takes it back."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import INSTANCE, TEMPLATE
from hipaa_stack.settings import Profile


@rule(
    id="AWS-EC2-008",
    title="Instances carry no SSH key",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(TEMPLATE, INSTANCE),
    cites=(
        Cite("164.312(d)", "whoever signs in to a node proves who they are"),
        Cite("164.312(a)(2)(i)", "what is done on a node is done by one person"),
    ),
    fix="Remove keyName, and sign in by Session Manager.",
)
def check(launch: Node) -> Iterator[Violation]:
    if launch.is_set("keyName"):
        yield launch.fail("keyName", "whoever has the key may sign in")
