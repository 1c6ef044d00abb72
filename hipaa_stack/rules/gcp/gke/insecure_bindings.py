"""A binding to system:authenticated gives its rights to every Google account in the world, one to system:anonymous to everybody."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._clusters import CLUSTER

_SWITCHES: Final = (
    "rbacBindingConfig.enableInsecureBindingSystemAuthenticated",
    "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated",
)


@rule(
    id="GCP-GKE-016",
    title="Insecure group bindings are refused",
    severity=Severity.MEDIUM,
    types=(CLUSTER,),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "rights are granted to named subjects alone"),
        Cite("164.312(d)", "no right is held without an identity of the organisation"),
    ),
    fix="Set both switches of rbacBindingConfig to false.",
)
def check(cluster: Node) -> Iterator[Violation]:
    return chain(_allowed(cluster, path) for path in _SWITCHES)


def _allowed(cluster: Node, path: str) -> Iterator[Violation]:
    if cluster.boolean(path) is not False:
        yield cluster.fail(path, "roles can be granted to everybody at once")
