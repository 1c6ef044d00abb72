"""What the account still has room for, and how much of it the platform takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hipaa_stack.doctor._account import Account, Unseen
from hipaa_stack.doctor._finding import Finding, failed, passed, unknown
from hipaa_stack.doctor._platform import Platform


class Quota(NamedTuple):
    """One limit of AWS (Service Quotas)."""

    title: str
    service: str
    code: str
    needs: Callable[[Platform], int]
    """How many a new platform makes."""
    used: Callable[[Account], int]


def _count(service: str, operation: str, key: str) -> Callable[[Account], int]:
    return lambda account: len(account.call(service, operation, key))


def _network(platform: Platform) -> int:
    return 0 if platform.at("existing_network") else 1


def _gateways(platform: Platform) -> int:
    egress = platform.at("network", "nat_egress")
    if not isinstance(egress, dict) or platform.at("existing_network"):
        return 0
    zones = platform.at("network", "az_count")
    return 1 if egress.get("per_zone") is False else zones if isinstance(zones, int) else 3


QUOTAS = (
    Quota("VPCs", "vpc", "L-F678F1CE", _network, _count("ec2", "describe_vpcs", "Vpcs")),
    Quota("Elastic IP addresses", "ec2", "L-0263D0A3", _gateways, _count("ec2", "describe_addresses", "Addresses")),
    Quota("EKS clusters", "eks", "L-1194D53C", lambda _: 1, _count("eks", "list_clusters", "clusters")),
)
"""Limits that first platforms run into (VPC and EKS user guides, quotas)."""


def quotas(account: Account, platform: Platform) -> Iterator[Finding]:
    """Room for a platform that is not there yet; one that is has its share already."""
    there = account.call("eks", "describe_cluster", "cluster", ("ResourceNotFoundException",), name=platform.cluster_name) is not None
    for quota in QUOTAS:
        try:
            yield _room(account, quota, 0 if there else quota.needs(platform))
        except Unseen as unseen:
            yield unknown(f"quota: {quota.title}", message=str(unseen))


def _room(account: Account, quota: Quota, needed: int) -> Finding:
    used, limit = quota.used(account), _limit(account, quota)
    name, message = f"quota: {quota.title}", f"{used} of {limit} are used, {needed} more are needed"
    if used + needed <= limit:
        return passed(name, message=message)
    ask = f"--service-code {quota.service} --quota-code {quota.code} --desired-value {used + needed}"
    return failed(name, message=message, fix=f"aws service-quotas request-service-quota-increase {ask}")


def _limit(account: Account, quota: Quota) -> int:
    """The account's own value, else that of every account."""
    own = account.call(
        "service-quotas", "get_service_quota", "Quota", ("NoSuchResourceException",), ServiceCode=quota.service, QuotaCode=quota.code
    )
    if own is None:
        own = account.call("service-quotas", "get_aws_default_service_quota", "Quota", ServiceCode=quota.service, QuotaCode=quota.code)
    return int(own["Value"])
