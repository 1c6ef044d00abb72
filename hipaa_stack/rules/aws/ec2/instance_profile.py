"""A machine without a role of its own is given access keys in some other way, and those are kept and copied."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import INSTANCE, leaves_to_template
from hipaa_stack.settings import Profile


@rule(
    id="AWS-EC2-007",
    title="Instances have a profile",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=(INSTANCE,),
    cites=(Cite("164.308(a)(4)(ii)(B)", "what the machine may do is granted to its role, and to nobody else"),),
    fix="Set iamInstanceProfile to a profile with the rights that the machine needs.",
)
def check(instance: Node) -> Iterator[Violation]:
    if not instance.string("iamInstanceProfile"):
        leaves_to_template(instance)
        yield instance.fail("iamInstanceProfile", "the machine has no role")
