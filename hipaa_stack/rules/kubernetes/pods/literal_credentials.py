"""A literal value stands in manifests, in version control, in Pulumi states and in every read of the pod."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._credentials import credential, credential_in
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.kubernetes._pods import environment
from hipaa_stack.rules.kubernetes._types import WORKLOADS


@rule(
    id="K8S-POD-024",
    title="No credential is a literal environment value",
    severity=Severity.HIGH,
    types=WORKLOADS,
    cites=(
        Cite("164.312(a)(2)(iv)", "credentials are stored encrypted, not in the description of a pod"),
        Cite("164.308(a)(5)(ii)(D)", "a credential can be kept and replaced without a change of the program"),
    ),
    tags=("nsa",),
    fix="Keep the value in a Secret, for instance through an ExternalSecret, and refer to it with valueFrom.secretKeyRef.",
    each=environment,
)
def check(variable: Node) -> Iterator[Violation]:
    value = variable.string("value")
    if not value:
        return
    found = credential_in(value) or credential(variable.string("name") or "", value)
    if found:
        yield variable.fail("value", f"holds {found}")
