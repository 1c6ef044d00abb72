"""With version 1 of the metadata service, whoever makes a program on the machine send one request gets the credentials of its role."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import CONFIGURATION, INSTANCE, TEMPLATE, leaves_to_template

_TOKENS = "metadataOptions.httpTokens"


@rule(
    id="AWS-EC2-001",
    title="Instances require IMDSv2",
    severity=Severity.HIGH,
    types=(TEMPLATE, INSTANCE, CONFIGURATION),
    cites=(
        Cite("164.312(a)(1)", "a forged request does not open what the machine may read"),
        Cite("164.312(d)", "the credentials of a role go to nobody but the machine"),
    ),
    tags=("cis-eks",),
    fix="Set metadataOptions.httpTokens to required.",
    remediates=True,
)
def check(launch: Node) -> Iterator[Violation]:
    if not any_of(
        lambda: launch.string(_TOKENS) == "required",
        lambda: launch.string("metadataOptions.httpEndpoint") == "disabled",
    ):
        if not launch.is_set(_TOKENS):
            leaves_to_template(launch)
        yield launch.fail(_TOKENS, "credentials are given out without a session token", remedy="required")
