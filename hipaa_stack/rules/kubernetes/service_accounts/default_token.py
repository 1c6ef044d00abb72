"""A pod that names no service account gets a token of the default one, which no workload has asked for."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import NAMESPACE, SERVICE_ACCOUNT
from hipaa_stack.settings import Profile


@rule(
    id="K8S-SA-001",
    title="The default account of each namespace mounts no token",
    severity=Severity.MEDIUM,
    types=(NAMESPACE,),
    cites=(
        Cite("164.312(a)(1)", "a pod reaches the API server only where somebody decided so"),
        Cite("164.312(d)", "a token stands for one workload, not for all that name no account"),
    ),
    tags=("cis-eks", "cis-gke"),
    fix="Patch the service account default of the namespace with automountServiceAccountToken false.",
    profile=Profile.RECOMMENDED,
)
def check(namespace: Node, stack: Stack) -> Iterator[Violation]:
    if not some(stack.namespaced(namespace.resource, SERVICE_ACCOUNT), _is_default_without_token):
        yield namespace.fail("metadata.name", "pods of the service account default get a token")


def _is_default_without_token(account: Resource) -> bool:
    return all_of(
        lambda: account.root.string("metadata.name") == "default",
        lambda: account.root.boolean("automountServiceAccountToken") is False,
    )
