"""Names that the provider gives when the program gives none, so that two stacks do not collide.

A bridged provider names a resource whose type has a settable, optional text property `name`, as its logical name and
seven random hexadecimal digits. The digits here come from the URN instead of chance: a repeated run proposes the same
name, and the next free one when that name belongs to a living object, as in a replacement. The names of the
properties that were filled in stand in `__defaults`, as the real providers write it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .schema import Kind, Resource
from .wire import Properties, is_unknown, unwrap

DEFAULTS = "__defaults"

_PROPERTIES: Mapping[str, str] = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/clusterInstance:ClusterInstance": "identifier",
    "aws:ec2/keyPair:KeyPair": "keyName",
    "aws:eks/nodeGroup:NodeGroup": "nodeGroupName",
    "aws:eks/fargateProfile:FargateProfile": "fargateProfileName",
}
"""Where the named property is not `name`."""
_MAXIMUM: Mapping[str, int] = {
    "aws:iam/role:Role": 64,
    "aws:lambda/function:Function": 64,
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
    "aws:s3/bucket:Bucket": 63,
    "aws:s3/bucketV2:BucketV2": 63,
}
_UNNAMED = frozenset({"aws:eks/accessEntry:AccessEntry"})
_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the engine says about names (`pulumi:autonaming`): a name to use, or None for the provider's own way."""

    name: str | None = None
    disabled: bool = False


def named_property(resource: Resource) -> str | None:
    """The property that the provider fills in for this type; None when it names nothing."""
    name = _PROPERTIES.get(resource.token, "name")
    field = resource.inputs.get(name)
    return name if field and field.type.kind is Kind.STRING and not field.required and resource.token not in _UNNAMED else None


def is_autonamed(inputs: Properties) -> bool:
    """Whether the provider chose the name that stands in these inputs."""
    return bool(inputs.get(DEFAULTS))


def with_name(
    resource: Resource, urn: str, olds: Properties, news: Properties, proposal: Proposal, is_taken: Callable[[str], bool]
) -> Properties:
    """The inputs with a name: given, kept from `olds` when the provider chose it, or new."""
    named = {**{key: value for key, value in news.items() if key != DEFAULTS}, DEFAULTS: []}
    property_ = named_property(resource)
    if property_ is None or proposal.disabled or news.get(property_) is not None or news.get(f"{property_}Prefix") is not None:
        return named
    defaults = olds.get(DEFAULTS)
    if isinstance(defaults, list) and property_ in defaults and olds.get(property_) is not None:
        return {**named, property_: olds[property_], DEFAULTS: [property_]}
    name = proposal.name or next(name for attempt in range(1000) if not is_taken(name := _candidate(resource, urn, news, attempt)))
    return {**named, property_: name, DEFAULTS: [property_]}


def _candidate(resource: Resource, urn: str, news: Properties, attempt: int) -> str:
    base = urn.rpartition("::")[2]
    lower = resource.token.startswith("gcp:") or _PROPERTIES.get(resource.token) == "bucket"
    if lower:
        base = re.sub(r"[^a-z0-9-]", "-", base.lower())
    if resource.token.startswith("aws:kms/alias:"):
        base = f"alias/{base}"
    fifo = unwrap(news.get("fifoQueue") or news.get("fifoTopic"))
    suffix = ".fifo" if fifo is True and not is_unknown(fifo) else ""
    longest = _MAXIMUM.get(resource.token, 63 if lower else 255)
    digits = hashlib.sha256(f"{urn}|{attempt}".encode()).hexdigest()[:_DIGITS]
    return f"{base[: longest - _DIGITS - 1 - len(suffix)]}-{digits}{suffix}"
