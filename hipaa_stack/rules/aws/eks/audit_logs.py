"""Without the audit log nobody can say who read a secret or entered a pod; without api and authenticator it names no caller of AWS."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws
from hipaa_stack.rules.aws.eks._logs import AUDIT, missing


@rule(
    id="AWS-EKS-005",
    title="api, audit and authenticator logs are on",
    severity=Severity.HIGH,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.312(b)", "every call to the API server is recorded"),
        Cite("164.308(a)(1)(ii)(D)", "there is a record of activity to review"),
    ),
    tags=("cis-eks",),
    fix="Set enabledClusterLogTypes to a list with api, audit and authenticator.",
    remediates=True,
)
def check(cluster: Node) -> Iterator[Violation]:
    yield from missing(cluster, AUDIT, remedy=AUDIT)
