"""A token of the API server lies in every pod that does not refuse it, and whoever takes over the pod has its rights."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Place, Reason, Stack, Undecided, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import account_name
from hipaa_stack.rules.kubernetes._pods import pod as pod_spec
from hipaa_stack.rules.kubernetes._types import SERVICE_ACCOUNT, WORKLOADS

_MOUNTS: Final = "automountServiceAccountToken"


@rule(
    id="K8S-POD-020",
    title="Service-account tokens are mounted only on purpose",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a pod that never calls the API server holds no right to"),
        Cite("164.312(d)", "only workloads that need an identity in the cluster can show one"),
    ),
    tags=("cis-eks", "cis-gke", "nsa"),
    fix="Set automountServiceAccountToken to false; a pod that needs a token sets it to true and names its own service account.",
    each=pod_spec,
)
def check(pod: Node, stack: Stack) -> Iterator[Violation]:
    mounts = pod.boolean(_MOUNTS)
    if mounts is False:
        return
    name = account_name(pod)
    if mounts and name == "default":
        yield pod.fail(_MOUNTS, "the token of the default account is mounted")
    elif mounts is None and not _refused(pod, stack, name):
        yield pod.fail(_MOUNTS, f"a token is mounted because neither the pod nor its account {name} refuses it")


def _refused(pod: Node, stack: Stack, name: str) -> bool:
    """Whether the account says that its pods get no token; Kubernetes itself makes the default accounts, which do not."""
    if some(stack.beside(pod.resource, SERVICE_ACCOUNT, name=name), lambda account: account.root.boolean(_MOUNTS) is False):
        return True
    if name != "default" and all(account.is_patch for account in stack.beside(pod.resource, SERVICE_ACCOUNT, name=name)):
        raise Undecided([Place(pod.path("serviceAccountName"), Reason.EXTERNAL.value, Reason.EXTERNAL)])
    return False
