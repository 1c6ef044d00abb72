"""Kubernetes leaves seccomp off unless a pod asks for it; most escapes to the node lead through system calls that it withholds."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import confines_nothing, linux_pod_and_containers, pod_of
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_PROFILE: Final = "securityContext.seccompProfile"


@rule(
    id="K8S-POD-019",
    title="A seccomp profile is set",
    severity=Severity.MEDIUM,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "system calls that no application needs are not there to be attacked"),),
    tags=("pss:restricted", "nsa"),
    fix="Set securityContext.seccompProfile.type to RuntimeDefault for the pod.",
    each=linux_pod_and_containers,
    remediates=True,
)
def check(part: Node) -> Iterator[Violation]:
    if confines_nothing(part, _PROFILE):
        yield part.fail(f"{_PROFILE}.type", "the profile is neither RuntimeDefault nor Localhost")
    elif part is not pod_of(part) and not part.present(_PROFILE) and not pod_of(part).present(_PROFILE):
        yield part.fail(_PROFILE, "neither the container nor the pod has a profile", remedy={"type": "RuntimeDefault"})
