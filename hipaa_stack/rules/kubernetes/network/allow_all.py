"""Policies only ever add: one item without peers opens its ports to everybody, whatever the other policies say."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import in_judged_namespace
from hipaa_stack.rules.kubernetes._network import PEERS, lets_everything
from hipaa_stack.rules.kubernetes._types import NETWORK_POLICY
from hipaa_stack.settings import Settings


@rule(
    id="K8S-NET-003",
    title="No policy allows everything",
    severity=Severity.HIGH,
    types=(NETWORK_POLICY,),
    cites=(
        Cite("164.312(a)(1)", "callers of the systems that hold ePHI are named"),
        Cite("164.312(e)(1)", "a default deny is not undone by another policy"),
    ),
    tags=("nsa",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Name the peers in from or to.",
)
def check(policy: Node, settings: Settings) -> Iterator[Violation]:
    return chain(_items(policy, direction, settings) for direction in PEERS)


def _items(policy: Node, direction: str, settings: Settings) -> Iterator[Violation]:
    return chain(_open(item, direction, settings) for item in policy.items(f"spec.{direction}"))


def _open(item: Node, direction: str, settings: Settings) -> Iterator[Violation]:
    root = item.resource.root
    if all_of(lambda: in_judged_namespace(root, settings), lambda: lets_everything(item, direction)):
        yield item.fail("", f"names no peer in {PEERS[direction]}")
