"""Audit logs say who asked the API server for something; its own log, and those of the scheduler and the controllers, say what became of it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp.gke._logs import COMPONENTS, logs
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-014",
    title="Control-plane logs are on",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.312(b)", "what the control plane did is recorded"),),
    fix="List APISERVER, SCHEDULER and CONTROLLER_MANAGER in loggingConfig.enableComponents too.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if not logs(cluster, "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"):
        yield cluster.fail(COMPONENTS, "logs of the control plane are not sent")
