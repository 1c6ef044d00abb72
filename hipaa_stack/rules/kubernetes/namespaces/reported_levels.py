"""Audit and warn labels show which pods a stricter level will refuse, before it does."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import judged
from hipaa_stack.rules.kubernetes._types import NAMESPACE
from hipaa_stack.settings import Profile, Settings

_LABELS = ("pod-security.kubernetes.io/audit", "pod-security.kubernetes.io/warn")


@rule(
    id="K8S-NS-002",
    title="Namespaces audit and warn at restricted",
    severity=Severity.LOW,
    types=(NAMESPACE,),
    cites=(Cite("164.308(a)(1)(ii)(B)", "pods that need more than restricted are known, and in the audit log"),),
    fix="Set the labels pod-security.kubernetes.io/audit and pod-security.kubernetes.io/warn to restricted.",
    profile=Profile.RECOMMENDED,
    remediates=True,
)
def check(namespace: Node, settings: Settings) -> Iterator[Violation]:
    return chain(_reported(namespace, label, settings) for label in _LABELS)


def _reported(namespace: Node, label: str, settings: Settings) -> Iterator[Violation]:
    if all_of(
        lambda: judged(namespace, settings),
        lambda: namespace.node("metadata.labels").entry(label) != "restricted",
    ):
        yield namespace.fail(f"metadata.labels[{label}]", "not restricted", remedy="restricted")
