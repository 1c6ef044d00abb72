"""Flow logs tell after an intrusion where data went; what was not recorded then cannot be reconstructed."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Node, Resource, Stack, Violation, all_of, any_of, chain, some
from hipaa_stack.rules._inputs import asked
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._types import gcp
from hipaa_stack.rules.gcp.network._subnets import for_traffic

_CONFIG: Final = gcp("networkmanagement/vpcFlowLogsConfig")
_NETWORK: Final = gcp("compute/network")
_ANY: Final = "any network"


@rule(
    id="GCP-NET-002",
    title="Subnets have flow logs",
    severity=Severity.HIGH,
    types=(gcp("compute/subnetwork"),),
    cites=(Cite("164.312(b)", "connections to and from systems with ePHI are recorded"),),
    tags=("cis-gke",),
    fix="Set logConfig, with a flowSampling above 0.",
    each=asked,
)
def check(subnet: Node, stack: Stack) -> Iterator[Violation]:
    for_traffic(subnet)
    if not any_of(lambda: _logs(subnet.node("logConfig")), lambda: _has_config(subnet.resource, stack)):
        yield subnet.fail("logConfig", "nothing records the connections of this subnet")


def _logs(config: Node) -> bool:
    """True for a configuration that is there and records something."""
    return all_of(
        lambda: bool(config.keys()),
        lambda: config.number("flowSampling") != 0,
        lambda: config.string("filterExpr") != "false",
    )


def _has_config(subnet: Resource, stack: Stack) -> bool:
    """True when a resource of its own records the subnet, or the whole network that it is in."""
    return any_of(
        lambda: some(stack.linked(subnet, _CONFIG, via="subnet"), _is_on),
        lambda: all_of(lambda: any(stack.keyed(_ANY, _CONFIG, by=_networks)), lambda: _network_is_recorded(subnet, stack)),
    )


def _network_is_recorded(subnet: Resource, stack: Stack) -> bool:
    return any(chain(stack.keyed(network.urn, _CONFIG, by=_networks) for network in stack.targets(subnet, _NETWORK, via="network")))


def _networks(stack: Stack, config: Resource) -> Iterator[Hashable]:
    """The network that is recorded, as a key, and one for any network."""
    if _is_on(config):
        for network in stack.targets(config, _NETWORK, via="network"):
            yield from (_ANY, network.urn)


def _is_on(config: Resource) -> bool:
    return all_of(
        lambda: config.planned.string("state") in (None, "", "ENABLED", "STATE_UNSPECIFIED"),
        lambda: config.planned.string("filterExpr") != "false",
    )
