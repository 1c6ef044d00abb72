"""The ConfigMap aws-auth is a second list of who comes in: whoever may edit it admits anybody, and no record of AWS shows it."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._types import aws

_MODE: Final = "accessConfig.authenticationMode"


@rule(
    id="AWS-EKS-007",
    title="Access is granted by access entries only",
    severity=Severity.MEDIUM,
    types=(aws("eks/cluster"),),
    cites=(
        Cite("164.308(a)(4)(ii)(B)", "access is granted to named roles, each by an entry of its own"),
        Cite("164.308(a)(4)(ii)(C)", "there is one list of who has access, and CloudTrail records its changes"),
    ),
    tags=("cis-eks",),
    fix="Set accessConfig.authenticationMode to API, from CONFIG_MAP by way of API_AND_CONFIG_MAP; there is no way back.",
)
def check(cluster: Node) -> Iterator[Violation]:
    if cluster.string(_MODE) != "API":
        yield cluster.fail(_MODE, "the ConfigMap aws-auth says who comes in as well")
