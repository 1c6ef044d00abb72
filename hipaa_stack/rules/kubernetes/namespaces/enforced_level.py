"""Pod Security admission refuses pods above the enforced level; a namespace without the label enforces nothing."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import judged, name_of
from hipaa_stack.rules.kubernetes._types import NAMESPACE
from hipaa_stack.settings import Settings

_LABEL = "pod-security.kubernetes.io/enforce"


@rule(
    id="K8S-NS-001",
    title="Namespaces enforce the restricted level",
    severity=Severity.HIGH,
    types=(NAMESPACE,),
    cites=(
        Cite("164.312(a)(1)", "a pod that could leave its container is refused"),
        Cite("164.308(a)(1)(ii)(B)", "the guard does not depend on who writes the next workload"),
    ),
    tags=("cis-eks", "cis-gke", "nsa"),
    fix="Set the label pod-security.kubernetes.io/enforce to restricted, or to baseline in a namespace of baseline_namespaces.",
)
def check(namespace: Node, settings: Settings) -> Iterator[Violation]:
    if all_of(lambda: judged(namespace, settings), lambda: not _is_enough(namespace, settings)):
        yield namespace.fail(f"metadata.labels[{_LABEL}]", "the restricted Pod Security level is not enforced")


def _is_enough(namespace: Node, settings: Settings) -> bool:
    level = namespace.node("metadata.labels").entry(_LABEL)
    return level == "restricted" or (level == "baseline" and name_of(namespace) in settings.baseline_namespaces)
