"""A store that no plan covers is lost with the first mistake, failure or ransom demand."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.aws._regions import same_region
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.backup._selections import STORES, assigns

_SELECTION: Final = aws("backup/selection")


@rule(
    id="AWS-BKP-001",
    title="Data stores are in a backup plan",
    severity=Severity.MEDIUM,
    types=STORES,
    cites=(Cite("164.308(a)(7)(ii)(A)", "exact copies of ePHI are made on a schedule"),),
    proposed=(Proposed.BACKUP_AND_RECOVERY,),
    fix="Assign it to a plan with a backup.Selection, by its ARN or by a tag that it has.",
)
def check(store: Node, stack: Stack) -> Iterator[Violation]:
    resource = store.resource
    if not some(
        stack.of(_SELECTION),
        lambda selection: all_of(lambda: assigns(selection, resource, stack), lambda: same_region(selection, resource)),
    ):
        yield store.fail("tags", "no selection of a backup plan takes it in")
