"""A wildcard grants what exists today and whatever a later version or an installed operator adds."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._rbac import policy_rules
from hipaa_stack.rules.kubernetes._types import ROLES


@rule(
    id="K8S-RBAC-004",
    title="Roles use no wildcards",
    severity=Severity.HIGH,
    types=ROLES,
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "a right is granted by name, after somebody has decided on it"),
        Cite("164.312(a)(1)", "new kinds of objects are closed until access to them is granted"),
    ),
    tags=("cis-eks", "cis-gke", "nsa"),
    fix="Name the verbs, resources and API groups that are needed.",
    each=policy_rules,
)
def check(item: Node) -> Iterator[Violation]:
    if some(("verbs", "resources", "apiGroups"), lambda names: "*" in item.strings(names)):
        yield item.fail("", 'names "*" instead of what is needed')
