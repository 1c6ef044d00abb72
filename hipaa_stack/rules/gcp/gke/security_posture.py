"""Workloads drift after they were reviewed: the posture dashboard says which of them have become weak, and which images have known flaws."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp.gke._posture import MODE, VULNERABILITY_MODE, scans_images, watches_workloads
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-021",
    title="Security posture watches workloads",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(
        Cite("164.308(a)(1)(ii)(D)", "workloads are reviewed while they run"),
        Cite("164.308(a)(1)(ii)(A)", "known flaws in running images are found"),
    ),
    tags=("cis-gke",),
    proposed=(Proposed.VULNERABILITY_SCANNING,),
    fix="Set securityPostureConfig.mode to BASIC or ENTERPRISE, and vulnerabilityMode to other than VULNERABILITY_DISABLED.",
)
def check(cluster: Node) -> Iterator[Violation]:
    return chain([_mode(cluster), _vulnerabilities(cluster)])


def _mode(cluster: Node) -> Iterator[Violation]:
    if not watches_workloads(cluster):
        yield cluster.fail(MODE, "nobody watches the posture of workloads")


def _vulnerabilities(cluster: Node) -> Iterator[Violation]:
    if not scans_images(cluster):
        yield cluster.fail(VULNERABILITY_MODE, "running images are not scanned")
