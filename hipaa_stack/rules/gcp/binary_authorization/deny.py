"""A registry that an attacker can write to is harmless as long as clusters run attested images alone."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._binary_authorization import POLICY, denies_by_default


@rule(
    id="GCP-BA-001",
    title="The signing policy denies by default",
    severity=Severity.HIGH,
    types=(POLICY,),
    cites=(
        Cite("164.312(c)(1)", "only images that somebody has attested run beside ePHI"),
        Cite("164.308(a)(5)(ii)(B)", "software of unknown origin is kept out"),
    ),
    tags=("cis-gke",),
    fix="Set evaluationMode of defaultAdmissionRule to REQUIRE_ATTESTATION and its enforcementMode to ENFORCED_BLOCK_AND_AUDIT_LOG.",
)
def check(policy: Node) -> Iterator[Violation]:
    if not denies_by_default(policy):
        yield policy.fail("defaultAdmissionRule", "images run that nobody has attested")
