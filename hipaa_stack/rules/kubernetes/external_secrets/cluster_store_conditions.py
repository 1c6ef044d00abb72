"""A cluster-wide store without conditions hands every credential that it can read to whoever may make an ExternalSecret."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, any_of, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import CLUSTER_SECRET_STORE

_EVERYTHING: Final = frozenset({"", ".*", ".+", "^.*", "^.+", ".*$", ".+$", "^.*$", "^.+$"})


@rule(
    id="K8S-ESO-003",
    title="Cluster-wide stores limit namespaces",
    severity=Severity.HIGH,
    types=(CLUSTER_SECRET_STORE,),
    cites=(
        Cite("164.312(a)(1)", "only named namespaces reach the credentials behind the store"),
        Cite("164.308(a)(5)(ii)(D)", "a credential is kept from namespaces that do not need it"),
    ),
    fix="List namespaces, a namespaceSelector or namespaceRegexes in every item of spec.conditions.",
)
def check(store: Node) -> Iterator[Violation]:
    if not store.is_set("spec.conditions"):
        yield store.fail("spec.conditions", "every namespace may use the store")
    yield from chain(_unlimited(condition) for condition in store.items("spec.conditions"))


def _unlimited(condition: Node) -> Iterator[Violation]:
    """A namespace passes a condition that any of its parts lets through."""
    limits = (
        lambda: condition.is_set("namespaces"),
        lambda: condition.is_set("namespaceSelector.matchLabels"),
        lambda: condition.is_set("namespaceSelector.matchExpressions"),
        lambda: any(regex not in _EVERYTHING for regex in condition.strings("namespaceRegexes")),
    )
    if not any_of(*limits):
        yield condition.fail("", "the condition lets every namespace through")
