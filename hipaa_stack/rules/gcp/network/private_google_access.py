"""Without private access to the services of Google, machines need a public address or a gateway to reach keys, images and logs."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.rules.gcp.network._subnets import for_machines


@rule(
    id="GCP-NET-003",
    title="Subnets reach Google APIs privately",
    severity=Severity.MEDIUM,
    types=(gcp("compute/subnetwork"),),
    cites=(Cite("164.312(e)(1)", "requests to storage, keys and logs stay off the internet"),),
    fix="Set privateIpGoogleAccess to true.",
    remediates=True,
)
def check(subnet: Node) -> Iterator[Violation]:
    for_machines(subnet)
    if not subnet.boolean("privateIpGoogleAccess"):
        yield subnet.fail("privateIpGoogleAccess", "machines without a public address do not reach Google APIs", remedy=True)
