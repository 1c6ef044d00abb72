"""Without a budget a drain of nodes, for an upgrade for instance, may evict every replica at once."""

from collections.abc import Hashable, Iterator, Mapping

from hipaa_stack.resources import Node, NotApplicable, Resource, Stack, Violation, chain, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._selectors import selects
from hipaa_stack.rules.kubernetes._types import DISRUPTION_BUDGET
from hipaa_stack.rules.kubernetes.availability._replicas import REPLICATED, is_replicated
from hipaa_stack.settings import Profile

_LABELS = "spec.template.metadata.labels"


@rule(
    id="K8S-AVL-002",
    title="Replicated workloads have a disruption budget",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=REPLICATED,
    cites=(Cite("164.308(a)(7)(i)", "maintenance of nodes leaves a part of the replicas running"),),
    fix="Add a PodDisruptionBudget whose selector matches the labels of the pods.",
)
def check(workload: Node, stack: Stack) -> Iterator[Violation]:
    if not is_replicated(workload, stack):
        raise NotApplicable("a single replica")
    labels = dict(workload.node(_LABELS).entries())
    if not some(_candidates(workload.resource, labels, stack), lambda budget: selects(budget.root, "spec.selector", labels)):
        yield workload.fail(_LABELS, "no PodDisruptionBudget of the namespace selects these pods")


def _candidates(workload: Resource, labels: Mapping[str, str], stack: Stack) -> Iterator[Resource]:
    home = stack.home(workload)
    return chain(stack.keyed((home, label), DISRUPTION_BUDGET, by=_label) for label in (None, *labels.items()))


def _label(stack: Stack, budget: Resource) -> Iterator[Hashable]:
    """One label that the pods of a budget have, so that a workload looks at few budgets; None where a budget names none.

    The longest: what tells one application from another is longer than what they have in common.
    """
    labels = budget.root.node("spec.selector.matchLabels").entries()
    yield stack.home(budget), max(labels, key=lambda label: len(label[1]), default=None)
