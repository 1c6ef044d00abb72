"""One `pulumi destroy` in the wrong terminal loses a key, and with it everything that the key has ever encrypted."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.pulumi._kept import KEPT, kept


@rule(
    id="PUL-STACK-001",
    title="Keys, clusters and audit archives are protected",
    severity=Severity.HIGH,
    types=KEPT,
    cites=(
        Cite("164.312(c)(1)", "what holds or decrypts ePHI is not destroyed by mistake"),
        Cite("164.316(b)(2)(i)", "records of actions outlive the stack that made them"),
    ),
    fix="Set the option protect to true.",
)
def check(resource: Node, stack: Stack) -> Iterator[Violation]:
    if not resource.resource.options.protect:
        yield resource.fail("options.protect", f"this {kept(resource, stack)} is not protected")
