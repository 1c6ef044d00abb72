"""Only a record of every connection shows where data went, and who tried to reach what they may not."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Stack, Violation, some
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._networks import VPC
from hipaa_stack.rules.aws._types import aws


@rule(
    id="AWS-VPC-001",
    title="VPCs have full flow logs",
    severity=Severity.HIGH,
    types=(VPC,),
    cites=(
        Cite("164.312(b)", "connections in the network are recorded"),
        Cite("164.308(a)(1)(ii)(D)", "there is a record of traffic to review"),
    ),
    fix="Declare a flow log of the VPC with trafficType ALL.",
)
def check(vpc: Node, stack: Stack) -> Iterator[Violation]:
    logs = stack.linked(vpc.resource, aws("ec2/flowLog"), via="vpcId")
    if not some(logs, lambda log: log.planned.string("trafficType") == "ALL"):
        yield vpc.fail("id", "no flow log of the stack records every connection of this network")
