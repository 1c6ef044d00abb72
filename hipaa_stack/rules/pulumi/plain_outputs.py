"""Outputs of a stack are shown by every `pulumi up`, read by other stacks, and plain in the state unless marked as secret."""

from collections.abc import Iterator

from hipaa_stack.resources import Basis, Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._credentials import credential
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.settings import Profile


@rule(
    id="PUL-STACK-004",
    title="Stack outputs hold no plain credential",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=("pulumi:pulumi:Stack",),
    cites=(Cite("164.308(a)(5)(ii)(D)", "credentials are encrypted wherever they are kept"),),
    fix="Export it as pulumi.Output.secret(…), or export where it is kept instead.",
)
def check(outputs: Node, stack: Stack) -> Iterator[Violation]:
    if stack.basis is not Basis.STATE:
        raise NotApplicable("only a state tells what a stack has put out")
    for path, key, value in outputs.leaves(secrets=False):
        kind = credential(key, value)
        if kind:
            yield outputs.fail(path, f"holds {kind}")
