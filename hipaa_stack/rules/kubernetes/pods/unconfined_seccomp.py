"""Seccomp withholds the system calls that containers do not need, and through which most escapes to the node lead."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import confines_nothing, pod_and_containers
from hipaa_stack.rules.kubernetes._types import WORKLOADS

_PROFILE: Final = "securityContext.seccompProfile"


@rule(
    id="K8S-POD-009",
    title="Seccomp is not disabled",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(Cite("164.308(a)(1)(ii)(B)", "system calls that no application needs are not there to be attacked"),),
    tags=("pss:baseline",),
    fix="Set seccompProfile.type to RuntimeDefault or Localhost, or remove seccompProfile.",
    each=pod_and_containers,
)
def check(part: Node) -> Iterator[Violation]:
    if confines_nothing(part, _PROFILE):
        yield part.fail(f"{_PROFILE}.type", "the profile is neither RuntimeDefault nor Localhost")
