"""A machine with an address on the internet is found by scanners within minutes, whatever its security group says today.

Where nothing is said, the subnet decides: AWS-VPC-003 judges it.
"""

from collections.abc import Iterator

from hipaa_stack.resources import Node, Violation, chain
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.aws.ec2._launch import CONFIGURATION, INSTANCE, TEMPLATE

_ADDRESS = "associatePublicIpAddress"


@rule(
    id="AWS-EC2-005",
    title="Instances take no public address",
    severity=Severity.HIGH,
    types=(TEMPLATE, INSTANCE, CONFIGURATION),
    cites=(
        Cite("164.312(a)(1)", "nobody on the internet can knock at a node"),
        Cite("164.312(e)(1)", "traffic of nodes leaves through gateways that you guard"),
    ),
    fix="Set associatePublicIpAddress to false.",
    remediates=True,
)
def check(launch: Node) -> Iterator[Violation]:
    yield from chain((_public(launch), chain(map(_public, launch.items("networkInterfaces")))))


def _public(holder: Node) -> Iterator[Violation]:
    if holder.flag(_ADDRESS) is True:
        yield holder.fail(_ADDRESS, "the machine gets an address on the internet", remedy="false" if holder.parent else False)
