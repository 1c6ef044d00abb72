"""A scan at the push says what was known that day: most vulnerabilities of a running image become known later."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.settings import Profile


@rule(
    id="AWS-ECR-005",
    title="Images are scanned continuously",
    severity=Severity.MEDIUM,
    profile=Profile.NPRM_2025,
    types=(aws("ecr/registryScanningConfiguration"),),
    cites=(Cite("164.308(a)(1)(ii)(A)", "vulnerabilities that become known later are found in images of today"),),
    proposed=(Proposed.VULNERABILITY_SCANNING,),
    fix="Set scanType to ENHANCED and the scanFrequency of every rule to CONTINUOUS_SCAN.",
)
def check(registry: Node) -> Iterator[Violation]:
    return chain(part(registry) for part in (_type, _presence, _frequencies))


def _type(registry: Node) -> Iterator[Violation]:
    if registry.string("scanType") != "ENHANCED":
        yield registry.fail("scanType", "basic scanning looks at an image once")


def _presence(registry: Node) -> Iterator[Violation]:
    if not any(True for _ in registry.items("rules")):
        yield registry.fail("rules", "without a rule nothing is scanned by itself")


def _frequencies(registry: Node) -> Iterator[Violation]:
    return chain(_once(each) for each in registry.items("rules"))


def _once(scan: Node) -> Iterator[Violation]:
    if scan.string("scanFrequency") != "CONTINUOUS_SCAN":
        yield scan.fail("scanFrequency", "these images are not scanned again")
