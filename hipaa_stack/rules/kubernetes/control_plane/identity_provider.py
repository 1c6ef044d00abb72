"""The first provider of a list writes; where it is identity, etcd and its backups hold plain text."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import ENCRYPTION_CONFIGURATION
from hipaa_stack.rules.kubernetes.control_plane._encryption import encrypts

_EVENTS: Final = frozenset({"events", "events.events.k8s.io"})


def _items(root: Node) -> Iterator[Node]:
    return root.items("resources")


@rule(
    id="K8S-CP-001",
    title="Identity is not the first encryption provider",
    severity=Severity.CRITICAL,
    types=(ENCRYPTION_CONFIGURATION,),
    cites=(Cite("164.312(a)(2)(iv)", "what the API server stores is encrypted in etcd"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Move identity to the end of providers.",
    each=_items,
)
def check(item: Node) -> Iterator[Violation]:
    if not encrypts(item) and not _only_events(item):
        yield item.fail("providers[0]", "the first provider writes plain text")


def _only_events(item: Node) -> bool:
    return item.is_set("resources") and all(name in _EVENTS for name in item.strings("resources"))
