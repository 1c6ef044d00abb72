"""A provider without a key keeps the API server from starting; the first version of the KMS protocol is deprecated and slow."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.kubernetes._types import ENCRYPTION_CONFIGURATION

_LOCAL: Final = ("aesgcm", "aescbc", "secretbox")


def _providers(root: Node) -> Iterator[Node]:
    return chain(item.items("providers") for item in root.items("resources"))


@rule(
    id="K8S-CP-003",
    title="Local encryption providers carry keys",
    severity=Severity.HIGH,
    types=(ENCRYPTION_CONFIGURATION,),
    cites=(Cite("164.312(a)(2)(iv)", "encryption in etcd has a key behind it"),),
    proposed=(Proposed.ENCRYPTION,),
    fix="Give every local provider keys with secrets, or better use kms with apiVersion v2.",
    each=_providers,
)
def check(provider: Node) -> Iterator[Violation]:
    yield from chain([*(_local(provider, kind) for kind in _LOCAL), _kms(provider)])


def _local(provider: Node, kind: str) -> Iterator[Violation]:
    if provider.present(kind):
        if not provider.is_set(f"{kind}.keys"):
            yield provider.fail(f"{kind}.keys", "no keys")
        yield from chain(_empty(key) for key in provider.items(f"{kind}.keys"))


def _empty(key: Node) -> Iterator[Violation]:
    if not key.is_set("secret"):
        yield key.fail("secret", "the key is empty")


def _kms(provider: Node) -> Iterator[Violation]:
    if provider.present("kms") and provider.string("kms.apiVersion") != "v2":
        yield provider.fail("kms.apiVersion", "not v2")
