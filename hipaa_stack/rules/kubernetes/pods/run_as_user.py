"""User id 0 is root, whatever an image or runAsNonRoot says."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, all_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import in_user_namespace, pod_and_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-018",
    title="No user id 0 is set",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(1)", "a process has the rights of an ordinary user"),
        Cite("164.308(a)(1)(ii)(B)", "an escape from a container does not end as root"),
    ),
    tags=("pss:restricted", "nsa"),
    fix="Set runAsUser to a number above 0, or remove it.",
    each=pod_and_containers,
)
def check(part: Node) -> Iterator[Violation]:
    if all_of(lambda: part.number("securityContext.runAsUser") == 0, lambda: not in_user_namespace(part)):
        yield part.fail("securityContext.runAsUser", "runAsUser is 0, which is root")
