"""In a subnet that gives out public addresses everything that starts is on the internet, unless somebody thinks of it."""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws._networks import SUBNET, public_addresses


@rule(
    id="AWS-VPC-003",
    title="Subnets assign no public address",
    severity=Severity.HIGH,
    types=(SUBNET,),
    cites=(
        Cite("164.312(a)(1)", "nothing is reachable from the internet by accident"),
        Cite("164.312(e)(1)", "machines with ePHI stay inside the network"),
    ),
    fix="Set mapPublicIpOnLaunch and assignIpv6AddressOnCreation to false, or leave them out.",
    remediates=True,
)
def check(subnet: Node) -> Iterator[Violation]:
    for path in public_addresses(subnet):
        # a subnet of IPv6 alone cannot be made without it
        yield subnet.fail(path, "what starts here gets a public address", False, unless=lambda: subnet.boolean("ipv6Native") is True)  # noqa: FBT003
