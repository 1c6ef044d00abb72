"""A network in auto mode opens a subnet in every region, among them those where nobody expects machines and nobody looks."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.rules.gcp._types import gcp


@rule(
    id="GCP-NET-001",
    title="Networks are custom mode",
    severity=Severity.MEDIUM,
    types=(gcp("compute/network"),),
    cites=(Cite("164.312(e)(1)", "only those subnets exist that somebody has planned and guards"),),
    tags=("cis-gke",),
    proposed=(Proposed.NETWORK_SEGMENTATION,),
    fix="Set autoCreateSubnetworks to false and declare the subnets that are needed.",
)
def check(network: Node) -> Iterator[Violation]:
    if network.boolean("autoCreateSubnetworks") is not False:
        yield network.fail("autoCreateSubnetworks", "has a subnet in every region")
