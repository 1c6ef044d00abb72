"""An intruder with valid credentials breaks no rule: only somebody who looks for unusual behaviour notices."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.guardduty._features import CLUSTER, DETECTOR, detected, is_on, skip_detected_elsewhere
from hipaa_stack.settings import Settings


@rule(
    id="AWS-GD-001",
    title="GuardDuty is on",
    severity=Severity.HIGH,
    types=(CLUSTER, DETECTOR),
    cites=(
        Cite("164.308(a)(1)(ii)(D)", "what happens in the account is reviewed all the time"),
        Cite("164.308(a)(6)(ii)", "an incident is known before it can be answered"),
    ),
    tags=("cis-eks",),
    fix="Declare a guardduty.Detector in the region of the cluster, or set external_detection.",
)
def check(resource: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    skip_detected_elsewhere(settings)
    if resource.resource.rule_type == DETECTOR:
        if not is_on(resource):
            yield resource.fail("enable", "the detector is suspended")
    elif not detected(resource.resource, stack):
        yield resource.fail("name", "no detector in the stack looks at this cluster")
