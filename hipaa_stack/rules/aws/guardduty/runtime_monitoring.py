"""What a process does inside a container stands in no log of AWS or Kubernetes: an agent on the node must see it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.guardduty._features import CLUSTER, RUNTIME, has_agent, skip_detected_elsewhere, watched
from hipaa_stack.settings import Settings


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
        cluster.resource, stack, RUNTIME, by_default=lambda _: False, sees=lambda feature: has_agent(feature, cluster.resource, stack)
    ):
        yield cluster.fail("name", "no agent of GuardDuty watches the nodes of this cluster")
