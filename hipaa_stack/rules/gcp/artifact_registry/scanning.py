"""A flaw that becomes known after an image was built is only found by scanning what lies in the registry."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-AR-003",
    title="Scanning is not disabled",
    severity=Severity.MEDIUM,
    types=(gcp("artifactregistry/repository"),),
    cites=(
        Cite("164.308(a)(1)(ii)(A)", "known flaws of images are found"),
        Cite("164.308(a)(5)(ii)(B)", "packages that are known to be malicious are noticed"),
    ),
    tags=("cis-gke",),
    proposed=(Proposed.VULNERABILITY_SCANNING,),
    fix="Set vulnerabilityScanningConfig.enablementConfig to INHERITED, or remove it, and enable the Container Scanning API.",
)
def check(repository: Node) -> Iterator[Violation]:
    if repository.string("vulnerabilityScanningConfig.enablementConfig") == "DISABLED":
        yield repository.fail("vulnerabilityScanningConfig.enablementConfig", "nothing scans these images")
