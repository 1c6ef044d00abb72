"""A static key in a Secret is one more credential to keep and to change; a workload identity is neither kept nor changed."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import CLUSTER_SECRET_STORE, SECRET_STORE

_STATIC: Final = ("spec.provider.aws.auth.secretRef", "spec.provider.gcpsm.auth.secretRef")


@rule(
    id="K8S-ESO-004",
    title="Stores use workload identity",
    severity=Severity.HIGH,
    types=(SECRET_STORE, CLUSTER_SECRET_STORE),
    cites=(
        Cite("164.312(d)", "the operator proves who it is with an identity that cannot be copied"),
        Cite("164.308(a)(5)(ii)(D)", "no long-lived key opens the store of all other credentials"),
    ),
    fix="Use EKS Pod Identity, IRSA or Workload Identity and remove auth.secretRef.",
)
def check(store: Node) -> Iterator[Violation]:
    for path, present in read_each(store.present, *_STATIC):
        if present:
            yield store.fail(path, "the store signs in with a static key")
