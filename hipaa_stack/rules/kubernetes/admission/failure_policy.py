"""A webhook or policy that fails open admits everything while it is down, and an attacker can take it down."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import ADMISSION_POLICY, MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS
from hipaa_stack.settings import Profile


def _webhooks_or_policy(root: Node) -> Iterator[Node]:
    if root.resource.rule_type == ADMISSION_POLICY:
        yield root.node("spec")
    else:
        yield from root.items("webhooks")


@rule(
    id="K8S-ADM-001",
    title="Webhooks and admission policies fail closed",
    severity=Severity.MEDIUM,
    profile=Profile.RECOMMENDED,
    types=(VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS, ADMISSION_POLICY),
    cites=(
        Cite("164.308(a)(1)(ii)(B)", "an outage of a webhook does not suspend what it enforces"),
        Cite("164.312(c)(1)", "nothing enters the cluster unchecked"),
    ),
    fix="Set failurePolicy to Fail, or remove it.",
    each=_webhooks_or_policy,
)
def check(part: Node) -> Iterator[Violation]:
    if part.string("failurePolicy") == "Ignore":
        yield part.fail("failurePolicy", "failurePolicy is Ignore")
