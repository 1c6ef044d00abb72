"""What nobody copies on a schedule is lost with the cluster: objects, Secrets and the volumes with ePHI."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, all_of, any_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER
from hipaa_stack.rules.gcp.backup._plans import PLAN


@rule(
    id="GCP-BKP-001",
    title="Clusters have a backup plan",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(
        Cite("164.308(a)(7)(ii)(A)", "exact copies of ePHI in volumes are made on a schedule"),
        Cite("164.308(a)(7)(ii)(B)", "a lost cluster can be restored"),
    ),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Declare a gkebackup BackupPlan for the cluster with a schedule that is not paused.",
)
def check(cluster: Node, stack: Stack) -> Iterator[Violation]:
    if not some(stack.linked(cluster.resource, PLAN, via="cluster"), lambda plan: _runs(plan.root)):
        yield cluster.fail("name", "no plan backs this cluster up on a schedule")


def _runs(plan: Node) -> bool:
    return all_of(
        lambda: plan.boolean("deactivated") is not True,
        lambda: plan.boolean("backupSchedule.paused") is not True,
        lambda: any_of(lambda: plan.is_set("backupSchedule.cronSchedule"), lambda: plan.is_set("backupSchedule.rpoConfig")),
    )
