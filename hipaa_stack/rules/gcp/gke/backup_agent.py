"""Without the agent a backup plan makes nothing: neither the objects of the cluster nor its volumes are copied."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.settings import Profile


@rule(
    id="GCP-GKE-025",
    title="The backup agent is on",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(CLUSTER,),
    cites=(Cite("164.308(a)(7)(ii)(A)", "workloads and their volumes can be copied"),),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Set addonsConfig.gkeBackupAgentConfig.enabled to true.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.boolean("addonsConfig.gkeBackupAgentConfig.enabled") is not True:
        yield cluster.fail("addonsConfig.gkeBackupAgentConfig.enabled", "nothing in the cluster can make backups")
