"""The audit log of a cluster shows who reads secrets and grants themselves rights, to whoever reads it in time."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.guardduty._features import CLUSTER, skip_detected_elsewhere, watched
from hipaa_stack.settings import Settings

_NAMES: Final = frozenset({"EKS_AUDIT_LOGS"})


@rule(
    id="AWS-GD-002",
    title="GuardDuty reads EKS audit logs",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    cites=(
        Cite("164.308(a)(1)(ii)(D)", "calls to the Kubernetes API are reviewed all the time"),
        Cite("164.308(a)(5)(ii)(C)", "log-ins from unusual places and by anonymous users are noticed"),
    ),
    fix="Declare a guardduty.DetectorFeature with name EKS_AUDIT_LOGS and status ENABLED, or set external_detection.",
)
def check(cluster: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    skip_detected_elsewhere(settings)
    if not watched(cluster.resource, stack, _NAMES, by_default=_reads_audit_logs):
        yield cluster.fail("name", "GuardDuty does not read the audit log of this cluster")


def _reads_audit_logs(detector: Node) -> bool:
    """A new detector has the feature (GuardDuty API reference, CreateDetector)."""
    return detector.boolean("datasources.kubernetes.auditLogs.enable") is not False
