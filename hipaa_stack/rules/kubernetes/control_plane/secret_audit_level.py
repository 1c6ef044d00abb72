"""At Metadata a log tells who touched which Secret; above, it holds the Secret itself; below, it tells nothing."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import AUDIT_POLICY
from hipaa_stack.rules.kubernetes.control_plane._audit import matches_all, secret_rules

_WITH_VALUES: Final = frozenset({"Request", "RequestResponse"})


@rule(
    id="K8S-CP-004",
    title="Audit policy records Secrets at Metadata",
    severity=Severity.HIGH,
    types=(AUDIT_POLICY,),
    cites=(
        Cite("164.312(b)", "every access to a credential is recorded"),
        Cite("164.308(a)(5)(ii)(D)", "the log of an access does not hold the credential"),
    ),
    fix="Begin rules with one over core secrets at level Metadata, without users, verbs or namespaces.",
)
def check(policy: Node) -> Iterator[Violation]:
    yield from chain([chain(_logs_values(rule) for rule in secret_rules(policy)), _decides(policy)])


def _logs_values(rule: Node) -> Iterator[Violation]:
    if rule.string("level") in _WITH_VALUES:
        yield rule.fail("level", "the log holds the values of Secrets")


def _decides(policy: Node) -> Iterator[Violation]:
    """Judges the rule for all access that no rule before it has matched."""
    *_, last = (None, *secret_rules(policy))
    if last is None or not matches_all(last):
        yield policy.fail("rules", "no rule matches all access to Secrets")
    elif last.string("level") not in {"Metadata", *_WITH_VALUES}:
        yield last.fail("level", "access to Secrets is not recorded")
