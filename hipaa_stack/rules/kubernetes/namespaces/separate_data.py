"""Where made-up data lives, people try things out: its cluster must not be the one that serves patients."""

from collections.abc import Iterator

from hipaa_stack.baseline import DataClassification, Label
from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import judged
from hipaa_stack.rules.kubernetes._types import NAMESPACE
from hipaa_stack.settings import Settings

_PHI, _SYNTHETIC = DataClassification.PHI.lower(), DataClassification.SYNTHETIC.lower()
_OTHER = {_PHI: _SYNTHETIC, _SYNTHETIC: _PHI}


@rule(
    id="K8S-NS-004",
    title="PHI and synthetic data share no cluster",
    severity=Severity.HIGH,
    types=(NAMESPACE,),
    cites=(
        Cite("164.312(a)(1)", "test users and test code have no way to ePHI"),
        Cite("164.308(a)(1)(ii)(B)", "a trial cannot stop or overload the system that serves patients"),
    ),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Keep synthetic data in a cluster and a stack of its own.",
)
def check(namespace: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    own = namespace.resource
    if all_of(lambda: judged(namespace, settings), lambda: some(_data_class(stack, own), lambda data: _meets_other(data, stack))):
        yield namespace.fail(f"metadata.labels[{Label.DATA_CLASS}]", "PHI and synthetic data are in one cluster or stack")


def _meets_other(data: str, stack: Stack) -> bool:
    return data in _OTHER and any(stack.keyed(_OTHER[data], NAMESPACE, by=_data_class))


def _data_class(_: Stack, namespace: Resource) -> Iterator[str]:
    label = namespace.root.node("metadata.labels").entry(Label.DATA_CLASS)
    if label:
        yield label.lower()
