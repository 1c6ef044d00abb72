"""What a rule forbids an attacker may still do; only someone who watches the nodes at run time notices it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.guardduty._features import FEATURE, RUNTIME, has_agent, is_enabled, skip_detected_elsewhere
from hipaa_stack.rules.gcp.gke._posture import scans_images, watches_workloads
from hipaa_stack.rules.kubernetes._charts import installs
from hipaa_stack.rules.kubernetes._types import EKS_CLUSTER, GKE_CLUSTER
from hipaa_stack.settings import Settings

_CHARTS: Final = frozenset({"falco", "tetragon"})


@rule(
    id="K8S-RUN-001",
    title="Runtime detection is deployed",
    severity=Severity.MEDIUM,
    types=(EKS_CLUSTER, GKE_CLUSTER),
    cites=(
        Cite("164.308(a)(1)(ii)(D)", "what happens inside of containers is reviewed"),
        Cite("164.308(a)(1)(ii)(B)", "an intrusion is noticed while it is going on"),
    ),
    tags=("nsa",),
    fix="Switch on GuardDuty Runtime Monitoring or the GKE security posture, install Falco or Tetragon, or set external_detection.",
)
def check(cluster: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    skip_detected_elsewhere(settings)
    service = _guard_duty if cluster.resource.rule_type == EKS_CLUSTER else _security_posture
    if not any_of(lambda: service(cluster, stack), lambda: installs(stack, _CHARTS)):
        yield cluster.fail("name", "nothing in the stack watches this cluster at run time")


def _guard_duty(cluster: Node, stack: Stack) -> bool:
    return some(
        stack.of(FEATURE),
        lambda feature: is_enabled(feature.planned, RUNTIME) and has_agent(feature.planned, cluster.resource, stack),
    )


def _security_posture(cluster: Node, _: Stack) -> bool:
    return all_of(lambda: watches_workloads(cluster), lambda: scans_images(cluster))
