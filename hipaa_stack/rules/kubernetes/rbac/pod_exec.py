"""A shell in a container, or a port of it, shows the data that the application works on, past the application's own access checks."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, any_of
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import grants, policy_rules, right
from hipaa_stack.rules.kubernetes._types import ROLES
from hipaa_stack.settings import Profile

_CONNECT = right("", ("pods/exec", "pods/attach", "pods/portforward"), ("create", "get"))
_DEBUG = right("", ("pods/ephemeralcontainers",), ("update", "patch"))


@rule(
    id="K8S-RBAC-009",
    title="No role may exec into pods",
    severity=Severity.HIGH,
    types=ROLES,
    cites=(Cite("164.308(a)(4)(ii)(B)", "people reach ePHI through the application, which knows who may see what"),),
    tags=("nsa",),
    fix="Remove pods/exec, pods/attach, pods/portforward and pods/ephemeralcontainers; keep them for break-glass access.",
    profile=Profile.RECOMMENDED,
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if any_of(lambda: grants(item, _CONNECT), lambda: grants(item, _DEBUG)):
        yield item.fail("", "may run commands in pods or connect to their ports")
