"""A namespace without limits can take the nodes, volumes and addresses that the others need."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, all_of, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._namespaces import judged
from hipaa_stack.rules.kubernetes._types import LIMIT_RANGE, NAMESPACE, RESOURCE_QUOTA
from hipaa_stack.settings import Profile, Settings


@rule(
    id="K8S-NS-003",
    title="Namespaces have a quota and limits",
    severity=Severity.MEDIUM,
    types=(NAMESPACE,),
    cites=(Cite("164.306(a)(1)", "one tenant's load leaves ePHI available to the others"),),
    fix="Add a ResourceQuota and a LimitRange with defaults to the namespace.",
    profile=Profile.RECOMMENDED,
)
def check(namespace: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    return chain(_missing(namespace, type_, stack, settings) for type_ in (RESOURCE_QUOTA, LIMIT_RANGE))


def _missing(namespace: Node, type_: str, stack: Stack, settings: Settings) -> Iterator[Violation]:
    if all_of(lambda: judged(namespace, settings), lambda: not any(stack.namespaced(namespace.resource, type_))):
        yield namespace.fail("metadata.name", f"no {type_.rpartition(':')[2]} in this namespace")
