"""What a platform costs, as quantities: the prices are the cloud's, the knobs are arguments."""

from collections.abc import Iterator
from typing import TypedDict

from hipaa_components.aws._audit_patterns import audit_patterns
from hipaa_components.aws._eks_cloud_args import EksCloudArgs
from hipaa_components.aws.eks_cluster import EksClusterSettings
from hipaa_stack.baseline import EPHEMERAL_LOCK_DAYS


class CostDriver(TypedDict):
    """One thing that the cloud charges for while it exists."""

    driver: str
    """What is charged."""
    quantity: str
    """How many of it."""
    knob: str
    """The argument that changes the quantity."""


def cost_drivers(args: EksCloudArgs) -> list[CostDriver]:
    """The main drivers of a cloud layer with these settings."""
    drivers = (*_compute(args.cluster), *_network(args), *_access(args), *_detection(args), *_records(args))
    return [CostDriver(driver=driver, quantity=quantity, knob=knob) for driver, quantity, knob in drivers]


Drivers = Iterator[tuple[str, str, str]]


def _compute(cluster: EksClusterSettings) -> Drivers:
    yield "EKS control plane", "1", f"cluster.support_type: {cluster.support_type} (EXTENDED costs more per hour)"
    for group in cluster.node_groups:
        count = str(group.min_size) if group.min_size == group.max_size else f"{group.min_size} to {group.max_size}"
        disks = f"{group.root_gib + group.data_gib} GiB gp3 each"
        yield f"nodes '{group.name}'", f"{count} x {', '.join(group.instance_types)}, {disks}", "cluster.node_groups: sizes, types, disks"


def _network(args: EksCloudArgs) -> Drivers:
    if args.existing_network is not None:
        return
    network, egress = args.network, args.network.nat_egress
    if endpoints := network.endpoints(args.endpoint_users):
        yield "interface endpoints", f"{len(endpoints)} x {network.az_count} zones", "network.az_count, network.extra_endpoints"
    if egress is not None:
        gateways = network.az_count if egress.per_zone else 1
        yield "NAT gateways", str(gateways), "network.nat_egress.per_zone"
        if egress.allow_domains:
            yield "Network Firewall endpoints", str(gateways), "network.nat_egress.allow_domains"


def _access(args: EksCloudArgs) -> Drivers:
    for access in args.access:
        if access.ssm:
            yield "instance of the forwarder", f"1 x {access.ssm.instance_type}", "access.ssm.instance_type"
        if access.client_vpn:
            zones = len(args.existing_network.private_subnet_ids) if args.existing_network else args.network.az_count
            yield "Client VPN", f"{zones} associations, every hour of each connection", "access.client_vpn, network.az_count"
        if access.runner:
            yield "builds of the runner", "every minute of a build", "access.runner"


def _detection(args: EksCloudArgs) -> Drivers:
    if args.detects_threats:
        quantity = "every event of the audit log, every vCPU of the nodes, and what it reads of the account"
        yield "GuardDuty", quantity, "cluster.without_guardduty"


def _records(args: EksCloudArgs) -> Drivers:
    if args.existing_keys is None:
        yield "KMS keys", "3", "existing_keys: one each for secrets, volumes and logs"
    for group in args.log_groups:
        days = args.logs.days_of(group.kind, archive_locked=args.archive_locked)
        yield f"log group {group.name}", f"every event for {days} days", f"logs.hot_days.{group.kind}"
    yield "delivery to the archive", "every event, once more", "none: Data Firehose, S3 requests and replication"
    yield "landing bucket", f"every event for {args.archive.landing_days} days", "archive.landing_days"
    if args.archive.existing_archive is None:
        days = EPHEMERAL_LOCK_DAYS if args.ephemeral else args.archive.retention_days
        yield "archive bucket", f"every event for at least {days} days", "archive.retention_days, archive.glacier_after_days"
    yield "metrics and alarms", f"{len(audit_patterns())} of the audit log, 4 of deliveries", "none"
    if args.image_mirror is not None:
        scanned = "continuous scans" if args.image_mirror.manage_scanning else "storage"
        yield "image mirror", f"every image: storage and {scanned}", "image_mirror.images, image_mirror.manage_scanning"
