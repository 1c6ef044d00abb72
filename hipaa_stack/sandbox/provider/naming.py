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
from .wire import Properties, Value, is_unknown, unwrap

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


def is_autonamed(resource: Resource, inputs: Properties) -> bool:
    """Whether the provider chose the name that stands in these inputs."""
    defaults = inputs.get(DEFAULTS)
    return isinstance(defaults, list) and named_property(resource) in defaults


def with_defaults(
    resource: Resource, urn: str, olds: Properties, news: Properties, proposal: Proposal, is_taken: Callable[[str], bool]
) -> Properties:
    """The inputs with what the provider adds: kept from `olds` where it was added before, and else a name."""
    property_ = named_property(resource)
    is_named = property_ is None or proposal.disabled or any(news.get(name) is not None for name in (property_, f"{property_}Prefix"))
    kept = _keep(olds, {name: value for name, value in news.items() if name != DEFAULTS}, leave_out=property_ if is_named else None)
    defaults = kept.get(DEFAULTS)
    filled: list[Value] = defaults if isinstance(defaults, list) else []
    if is_named or property_ is None or property_ in filled:
        return {**kept, DEFAULTS: filled}
    name = proposal.name or next(name for attempt in range(1000) if not is_taken(name := _candidate(resource, urn, news, attempt)))
    return {**kept, property_: name, DEFAULTS: sorted([*filled, property_], key=str)}


def _keep(old: Properties, new: Properties, leave_out: str | None = None) -> Properties:
    """`new` with the defaults of `old`, here and in the blocks that both have."""
    result = {name: _keep_inside(old.get(name), value) for name, value in new.items()}
    marked = old.get(DEFAULTS)
    if isinstance(marked, list):
        kept = {str(name): old[str(name)] for name in marked if str(name) in old and new.get(str(name)) is None and name != leave_out}
        result |= {**kept, DEFAULTS: list(kept)}
    return result


def _keep_inside(old: Value, new: Value) -> Value:
    if isinstance(old, dict) and isinstance(new, dict):
        return _keep(old, new)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [_keep_inside(before, after) for before, after in zip(old, new, strict=True)]
    return new


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
