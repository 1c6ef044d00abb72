"""What a rule forbids an attacker may still do; only someone who watches the nodes at run time notices it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._charts import installs
from hipaa_stack.rules.kubernetes._types import EKS_CLUSTER, GKE_CLUSTER
from hipaa_stack.settings import Settings

_CHARTS: Final = frozenset({"falco", "tetragon"})
_FEATURE: Final = "aws:guardduty/detectorFeature:DetectorFeature"
_ADDON: Final = "aws:eks/addon:Addon"
_RUNTIME: Final = frozenset({"RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"})


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
    if settings.external_detection:
        raise NotApplicable("external_detection: threat detection is switched on outside the stack")
    service = _guard_duty if cluster.resource.rule_type == EKS_CLUSTER else _security_posture
    if not any_of(lambda: service(cluster, stack), lambda: installs(stack, _CHARTS)):
        yield cluster.fail("name", "nothing in the stack watches this cluster at run time")


def _guard_duty(cluster: Node, stack: Stack) -> bool:
    """The agent is installed by GuardDuty itself, or by an add-on of the cluster."""
    return some(stack.of(_FEATURE), lambda feature: _is_on(feature.planned) and _has_agent(feature.planned, cluster.resource, stack))


def _is_on(feature: Node) -> bool:
    return all_of(lambda: feature.string("name") in _RUNTIME, lambda: feature.string("status") == "ENABLED")


def _has_agent(feature: Node, cluster: Resource, stack: Stack) -> bool:
    return any_of(
        lambda: some(feature.items("additionalConfigurations"), _manages_agents),
        lambda: some(stack.linked(cluster, _ADDON, via="clusterName"), lambda addon: _is_agent(addon.planned)),
    )


def _manages_agents(configuration: Node) -> bool:
    return all_of(lambda: configuration.string("name") == "EKS_ADDON_MANAGEMENT", lambda: configuration.string("status") == "ENABLED")


def _is_agent(addon: Node) -> bool:
    return addon.string("addonName") == "aws-guardduty-agent"


def _security_posture(cluster: Node, _: Stack) -> bool:
    return all_of(
        lambda: cluster.string("securityPostureConfig.mode") in ("BASIC", "ENTERPRISE"),
        lambda: cluster.string("securityPostureConfig.vulnerabilityMode") != "VULNERABILITY_DISABLED",
    )
