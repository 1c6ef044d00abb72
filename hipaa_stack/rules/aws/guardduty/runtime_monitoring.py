"""What a process does inside a container stands in no log of AWS or Kubernetes: an agent on the node must see it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.guardduty._features import CLUSTER, skip_detected_elsewhere, watched
from hipaa_stack.settings import Settings

_NAMES: Final = frozenset({"RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"})
_ADDON: Final = aws("eks/addon")


@rule(
    id="AWS-GD-003",
    title="GuardDuty watches the runtime",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(
        Cite("164.308(a)(1)(ii)(D)", "processes, files and connections of containers are reviewed"),
        Cite("164.308(a)(5)(ii)(B)", "malicious programs are noticed when they start"),
    ),
    fix="Enable RUNTIME_MONITORING, and install the add-on aws-guardduty-agent or let EKS_ADDON_MANAGEMENT do it.",
)
def check(cluster: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    skip_detected_elsewhere(settings)
    if not watched(
        cluster.resource, stack, _NAMES, by_default=lambda _: False, sees=lambda feature: _has_agent(feature, cluster.resource, stack)
    ):
        yield cluster.fail("name", "no agent of GuardDuty watches the nodes of this cluster")


def _has_agent(feature: Node, cluster: Resource, stack: Stack) -> bool:
    return any_of(
        lambda: some(feature.items("additionalConfigurations"), _installs_agents),
        lambda: some(stack.linked(cluster, _ADDON, via="clusterName"), lambda addon: _is_agent(addon.planned)),
    )


def _installs_agents(configuration: Node) -> bool:
    return all_of(lambda: configuration.string("name") == "EKS_ADDON_MANAGEMENT", lambda: configuration.string("status") == "ENABLED")


def _is_agent(addon: Node) -> bool:
    return addon.string("addonName") == "aws-guardduty-agent"
