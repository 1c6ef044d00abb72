"""With the reclaim policy Delete the data goes with the claim, and with it what a backup has not copied yet."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import STORAGE_CLASS
from hipaa_stack.settings import Profile


@rule(
    id="K8S-STOR-010",
    title="Classes retain released volumes",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(STORAGE_CLASS,),
    cites=(Cite("164.308(a)(7)(ii)(A)", "exact copies are lost only by a decision, not with a claim"),),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Recreate the class with reclaimPolicy: Retain.",
)
def check(storage_class: Node) -> Iterator[Violation]:
    if storage_class.string("reclaimPolicy") != "Retain":
        yield storage_class.fail("reclaimPolicy", "released volumes are deleted")
