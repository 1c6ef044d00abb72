"""A rule at level None, or a stage that is left out, is where someone reads a Secret and no log tells."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import AUDIT_POLICY
from hipaa_stack.rules.kubernetes.control_plane._audit import secret_rules


@rule(
    id="K8S-CP-005",
    title="Audit policy drops no Secret access",
    severity=Severity.HIGH,
    types=(AUDIT_POLICY,),
    cites=(
        Cite("164.312(b)", "no access to a credential goes unrecorded"),
        Cite("164.308(a)(1)(ii)(D)", "a review sees every access to a credential"),
    ),
    fix="Raise rules over core secrets from None to Metadata, and leave out no stage but RequestReceived.",
)
def check(policy: Node) -> Iterator[Violation]:
    rules = (chain([_silent(rule), _omitted(rule)]) for rule in secret_rules(policy))
    yield from chain([_omitted(policy), chain(rules)])


def _silent(rule: Node) -> Iterator[Violation]:
    if rule.string("level") == "None":
        yield rule.fail("level", "level None drops access to Secrets")


def _omitted(part: Node) -> Iterator[Violation]:
    for path, stage in part.indexed_strings("omitStages"):
        if stage != "RequestReceived":
            yield part.fail(path, "a stage is left out")
