"""What the account still has room for, and how much of it the platform takes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hipaa_stack.doctor._account import Account, text
from hipaa_stack.doctor._finding import Finding, beside, failed, passed
from hipaa_stack.doctor._platform import Platform
from hipaa_stack.doctor._unseen import PROXY, Unseen
from hipaa_stack.doctor.cluster import found_cluster


class Quota(NamedTuple):
    """One limit of AWS (Service Quotas)."""

    title: str
    service: str
    code: str
    needs: Callable[[Platform], int]
    """How many a new platform makes."""
    used: Callable[[Account, Platform], int]


def _count(service: str, operation: str, key: str, **arguments: Any) -> Callable[[Account, Platform], int]:
    return lambda account, _: len(account.every(service, operation, key, **arguments))


def _none(_account: Account, _platform: Platform) -> int:
    """Of what each network or cluster has for itself, a new one has none."""
    return 0


def _network(platform: Platform) -> int:
    return 0 if platform.at("existing_network") else 1


def _gateways(platform: Platform) -> int:
    egress = platform.at("network", "nat_egress")
    if not isinstance(egress, dict) or platform.at("existing_network"):
        return 0
    return 1 if egress.get("per_zone") is False else platform.zones


def _gateways_of_zone(platform: Platform) -> int:
    return min(_gateways(platform), 1)


def _fullest_zone(account: Account, _: Platform) -> int:
    """Gateways of the zone that has most of them: which zones a platform takes is known to AWS only."""
    live = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    found = account.every("ec2", "describe_nat_gateways", "NatGateways", Filter=live)
    if not found:
        return 0
    action = "ec2:DescribeSubnets"
    subnets = account.every("ec2", "describe_subnets", "Subnets")
    zones = {text(each, "SubnetId", action): text(each, "AvailabilityZone", action) for each in subnets}
    # A gateway of a whole region, or of a subnet that is not shown, may stand in any zone.
    counts = Counter(zones.get(str(each.get("SubnetId"))) for each in found)
    anywhere = counts.pop(None, 0)
    return max(counts.values(), default=0) + anywhere


def _endpoints(platform: Platform) -> int:
    """At most: as if everything that has endpoints of its own ran in the network."""
    return MOST_ENDPOINTS + len(platform.strings("network", "extra_endpoints")) if _network(platform) else 0


def _node_groups(platform: Platform) -> int:
    groups = platform.at("cluster", "node_groups")
    return len(groups) if isinstance(groups, list) else 1


MOST_ENDPOINTS = 16
"""Interface endpoints of a network for every user that AwsNetwork knows."""

QUOTAS = (
    Quota("VPCs", "vpc", "L-F678F1CE", _network, _count("ec2", "describe_vpcs", "Vpcs")),
    Quota("interface endpoints of a VPC", "vpc", "L-29B6F2EB", _endpoints, _none),
    Quota("NAT gateways of a zone", "vpc", "L-FE5A380F", _gateways_of_zone, _fullest_zone),
    Quota("Elastic IP addresses", "ec2", "L-0263D0A3", _gateways, _count("ec2", "describe_addresses", "Addresses")),
    Quota("EKS clusters", "eks", "L-1194D53C", lambda _: 1, _count("eks", "list_clusters", "clusters")),
    Quota("node groups of a cluster", "eks", "L-6D54EA21", _node_groups, _none),
)
"""Limits that first platforms run into (VPC and EKS user guides, quotas)."""


def room(quota: Quota, account: Account, platform: Platform) -> Iterator[Finding]:
    """Room for a platform that is not there yet; one that is has its share already."""
    name = f"quota: {quota.title}"
    if found_cluster(account, platform) is not None:
        yield beside(name, message="the cluster exists and has its share")
        return
    needed = quota.needs(platform)
    if not needed:
        yield beside(name, message="this platform needs none")
        return
    limit, used = _limit(account, quota), quota.used(account, platform)
    message = f"{used} of {limit} are used, {needed} more are needed"
    if used + needed <= limit:
        yield passed(name, message=message)
        return
    change = f"--service-code {quota.service} --quota-code {quota.code} --desired-value {used + needed}"
    yield failed(name, message=message, fix=f"aws service-quotas request-service-quota-increase {change}")


def _limit(account: Account, quota: Quota) -> int:
    """AWS knows a quota of the account only where it was changed or is used; else its default holds. Raises Unseen."""
    asked: dict[str, Any] = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    found = account.get("service-quotas", "get_service_quota", "Quota", ("NoSuchResourceException",), **asked)
    if found is None:
        found = account.get("service-quotas", "get_aws_default_service_quota", "Quota", **asked)
    value = found.get("Value")
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Unseen("servicequotas:GetServiceQuota: the answer has no Value", PROXY)
    return int(value)
