"""Types of Backup for GKE."""

from typing import Final

from hipaa_stack.rules.gcp._types import gcp

PLAN: Final = gcp("gkebackup/backupPlan")
RESTORE_PLAN: Final = gcp("gkebackup/restorePlan")
