"""A replacement makes a new cluster, key or archive and deletes the old one, with all that only the old one could read."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Basis, Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.pulumi._kept import KEPT, kept

_REPLACING: Final = frozenset({"replace", "create-replacement", "delete-replaced"})


@rule(
    id="PUL-STACK-006",
    title="No preview replaces a cluster, key or archive",
    severity=Severity.CRITICAL,
    types=KEPT,
    cites=(Cite("164.312(c)(1)", "what holds or decrypts ePHI is not destroyed by a change of its arguments"),),
    fix="Keep the old value, or waive the rule with a plan that moves the data first.",
)
def check(resource: Node, stack: Stack) -> Iterator[Violation]:
    step = resource.resource.step
    if stack.basis not in (Basis.PREVIEW, Basis.SIMULATED) or not step:
        raise NotApplicable("only a preview in a file tells what it would replace")
    if step in _REPLACING:
        forced = resource.resource.replace_keys
        what = kept(resource, stack)
        yield resource.fail(forced[0] if forced else "options", f"this {what} would be replaced{_because(forced)}")


def _because(forced: tuple[str, ...]) -> str:
    return f", because of {', '.join(forced)}" if forced else ""
