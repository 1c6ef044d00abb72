"""What a platform costs, as quantities: the prices are the cloud's, the knobs are arguments."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

from hipaa_components.aws._endpoints import AwsEndpointUser
from hipaa_components.aws.audit_logs import AwsLogGroup, AwsLogSettings
from hipaa_components.aws.eks_cluster import EksClusterSettings
from hipaa_components.aws.network import AwsNetworkSettings


class CostDriver(TypedDict):
    """One thing that the cloud charges for while it exists."""

    driver: str
    """What is charged."""
    quantity: str
    """How many of it."""
    knob: str
    """The argument that changes the quantity."""


def cost_drivers(
    cluster: EksClusterSettings,
    network: AwsNetworkSettings,
    logs: AwsLogSettings,
    log_groups: Sequence[AwsLogGroup],
    users: Sequence[AwsEndpointUser],
) -> list[CostDriver]:
    """The main drivers of an EKS platform with these settings and endpoints for `users`."""
    drivers = (*_compute(cluster), *_network(network, users), *_detection(users), *_records(logs, log_groups))
    return [CostDriver(driver=driver, quantity=quantity, knob=knob) for driver, quantity, knob in drivers]


def _compute(cluster: EksClusterSettings) -> Iterator[tuple[str, str, str]]:
    yield "EKS control plane", "1", f"cluster.support_type: {cluster.support_type} (EXTENDED costs more per hour)"
    for group in cluster.node_groups:
        count = str(group.min_size) if group.min_size == group.max_size else f"{group.min_size} to {group.max_size}"
        disks = f"{group.root_gib + group.data_gib} GiB gp3 each"
        yield f"nodes '{group.name}'", f"{count} x {', '.join(group.instance_types)}, {disks}", "cluster.node_groups: sizes, types, disks"


def _network(network: AwsNetworkSettings, users: Sequence[AwsEndpointUser]) -> Iterator[tuple[str, str, str]]:
    egress = network.nat_egress
    if endpoints := network.endpoints(users):
        yield "interface endpoints", f"{len(endpoints)} x {network.az_count} zones", "network.az_count, network.extra_endpoints"
    if egress is not None:
        gateways = network.az_count if egress.per_zone else 1
        yield "NAT gateways", str(gateways), "network.nat_egress.per_zone"
        if egress.allow_domains:
            yield "Network Firewall endpoints", str(gateways), "network.nat_egress.allow_domains"


def _detection(users: Sequence[AwsEndpointUser]) -> Iterator[tuple[str, str, str]]:
    if AwsEndpointUser.GUARDDUTY in users:
        quantity = "every event of the audit log, every vCPU of the nodes, and what it reads of the account"
        yield "GuardDuty", quantity, "cluster.without_guardduty"


def _records(logs: AwsLogSettings, log_groups: Sequence[AwsLogGroup]) -> Iterator[tuple[str, str, str]]:
    yield "KMS keys", "3", "none: one each for secrets, volumes and logs"
    for group in log_groups:
        yield f"log group {group.name}", f"every event for {logs.days_of(group.kind)} days", f"logs.hot_days.{group.kind}"
