"""A token in a Secret never expires and is bound to no pod: whoever reads it once holds it for good."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._types import SECRET


@rule(
    id="K8S-SA-002",
    title="No long-lived token Secrets exist",
    severity=Severity.HIGH,
    types=(SECRET,),
    cites=(Cite("164.312(d)", "an identity is proved by a token that is short-lived and bound to its pod"),),
    tags=("cis-gke",),
    fix="Remove the Secret; use tokens that pods mount or that `kubectl create token` issues for a time.",
)
def check(secret: Node) -> Iterator[Violation]:
    if secret.string("type") == "kubernetes.io/service-account-token":
        yield secret.fail("type", "a service account token that never expires")
