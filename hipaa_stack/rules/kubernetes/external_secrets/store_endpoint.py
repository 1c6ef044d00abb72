"""The fake provider holds credentials in plain text, and over plain HTTP every credential can be read on its way."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import CLUSTER_SECRET_STORE, SECRET_STORE

_ADDRESSES: Final = ("spec.provider.vault.server", "spec.provider.webhook.url")


@rule(
    id="K8S-ESO-005",
    title="Stores are real and use TLS",
    severity=Severity.MEDIUM,
    types=(SECRET_STORE, CLUSTER_SECRET_STORE),
    cites=(
        Cite("164.312(e)(2)(ii)", "credentials are encrypted on the way from the store"),
        Cite("164.308(a)(5)(ii)(D)", "credentials stand in no manifest"),
    ),
    proposed=(Proposed.ENCRYPTION,),
    fix="Use a real store at an https:// address.",
)
def check(store: Node) -> Iterator[Violation]:
    yield from chain([_fake(store), *(_plain(store, path) for path in _ADDRESSES)])


def _fake(store: Node) -> Iterator[Violation]:
    if store.present("spec.provider.fake"):
        yield store.fail("spec.provider.fake", "the fake provider holds its values in plain text")


def _plain(store: Node, path: str) -> Iterator[Violation]:
    address = store.string(path)
    if address is not None and not address.lower().startswith("https://"):
        yield store.fail(path, "the address does not begin with https://")
