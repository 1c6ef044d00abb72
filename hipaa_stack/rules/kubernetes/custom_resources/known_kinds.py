"""An object that no rule reads passes unseen; this list says which kinds those are, so that someone looks at them."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes.custom_resources._judged import is_read
from hipaa_stack.settings import Profile

_COMPONENTS: Final = ("kubernetes:yaml", "kubernetes:kustomize", "kubernetes:helm.sh/")
"""Beginnings of the types of components, whose objects are resources of their own."""


@rule(
    id="K8S-CRD-001",
    title="Custom kinds are known to the pack",
    severity=Severity.LOW,
    profile=Profile.RECOMMENDED,
    types=("kubernetes:*",),
    cites=(Cite("164.308(a)(8)", "kinds that escape evaluation are known by name"),),
    fix="Look at the objects of this kind, and write a rule for them where they hold or guard ePHI.",
)
def check(obj: Node, stack: Stack) -> Iterator[Violation]:
    kind = obj.resource.rule_type
    if is_read(kind):
        return
    if kind.startswith(_COMPONENTS):
        raise NotApplicable("a component: its objects are judged one by one")
    if next(stack.of(kind)) is not obj.resource:
        raise NotApplicable("told at the first object of this kind")
    yield obj.fail("kind", "no rule reads objects of this kind")
