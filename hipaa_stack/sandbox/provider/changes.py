"""What differs between the inputs of two runs, and whether it takes a new object.

The SDKs do not carry which properties force a replacement. What is known here, in order: a table for the types of
clusters, networks, keys and logs (from the providers' documentation); what a property's own documentation says
("forces a new resource"); and a rule: names, places (region, zone, project), networks and parents identify an object,
and associations have nothing else. Everything beside that is an update, as is every change of tags and labels. So a
replacement that the simulation shows is very likely one; a change that it shows as an update may, for a type outside
the table, be a replacement in the real cloud.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from .identity import identifying_properties
from .naming import is_autonamed, named_property
from .schema import Field, Kind, Resource, Type
from .wire import Properties, Value, is_unknown, unwrap


class Change(StrEnum):
    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed property; `path` is in wire spelling, such as `vpcConfig.subnetIds[0]`."""

    path: str
    change: Change
    replaces: bool

    @property
    def property(self) -> str:
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


_FORCES: Mapping[str, frozenset[str]] = {
    token: frozenset(properties.split())
    for token, properties in {
        "aws:ec2/flowLog:FlowLog": (
            "vpcId subnetId eniId trafficType logDestination logDestinationType logFormat maxAggregationInterval iamRoleArn deliverCrossAccountRole"
        ),
        "aws:ec2/natGateway:NatGateway": "subnetId allocationId connectivityType privateIp",
        "aws:ec2/route:Route": "routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
        "aws:ec2/routeTableAssociation:RouteTableAssociation": "subnetId gatewayId",
        "aws:ec2/securityGroup:SecurityGroup": "name namePrefix vpcId description",
        "aws:ec2/subnet:Subnet": "vpcId cidrBlock availabilityZone availabilityZoneId ipv6Native outpostArn",
        "aws:ec2/vpc:Vpc": "cidrBlock ipv4IpamPoolId ipv4NetmaskLength",
        "aws:ec2/vpcEndpoint:VpcEndpoint": "vpcId serviceName vpcEndpointType serviceRegion",
        "aws:ecr/repository:Repository": "name encryptionConfigurations",
        "aws:eks/accessEntry:AccessEntry": "clusterName principalArn type",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "clusterName principalArn policyArn accessScope",
        "aws:eks/addon:Addon": "clusterName addonName namespaceConfig",
        "aws:eks/cluster:Cluster": "name roleArn encryptionConfig.provider encryptionConfig.resources bootstrapSelfManagedAddons outpostConfig "
        "kubernetesNetworkConfig.ipFamily kubernetesNetworkConfig.serviceIpv4Cidr accessConfig.bootstrapClusterCreatorAdminPermissions",
        "aws:eks/nodeGroup:NodeGroup": "clusterName nodeGroupName nodeGroupNamePrefix nodeRoleArn subnetIds amiType capacityType diskSize instanceTypes "
        "launchTemplate.id launchTemplate.name remoteAccess",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation": "clusterName namespace serviceAccount",
        "aws:iam/policy:Policy": "name namePrefix path description",
        "aws:iam/role:Role": "name namePrefix path",
        "aws:kms/key:Key": "customerMasterKeySpec keyUsage multiRegion customKeyStoreId xksKeyId",
        "aws:s3/bucket:Bucket": "bucket bucketPrefix objectLockEnabled",
        "gcp:compute/network:Network": "name project autoCreateSubnetworks enableUlaInternalIpv6 internalIpv6Range networkProfile",
        "gcp:compute/subnetwork:Subnetwork": "name project region network purpose ipv6AccessType reservedInternalRange",
        "gcp:container/cluster:Cluster": "name project location network subnetwork networkingMode datapathProvider enableAutopilot initialNodeCount "
        "ipAllocationPolicy masterAuth nodeConfig defaultMaxPodsPerNode privateClusterConfig.masterIpv4CidrBlock "
        "privateClusterConfig.privateEndpointSubnetwork confidentialNodes enableKubernetesAlpha enableTpu clusterIpv4Cidr",
        "gcp:container/nodePool:NodePool": "name namePrefix cluster project location initialNodeCount maxPodsPerNode placementPolicy "
        "nodeConfig.bootDiskKmsKey nodeConfig.serviceAccount nodeConfig.spot nodeConfig.preemptible nodeConfig.oauthScopes nodeConfig.metadata "
        "nodeConfig.shieldedInstanceConfig nodeConfig.confidentialNodes networkConfig.podRange networkConfig.podIpv4CidrBlock",
        "gcp:kms/cryptoKey:CryptoKey": "name keyRing purpose importOnly destroyScheduledDuration versionTemplate.protectionLevel",
        "gcp:storage/bucket:Bucket": "name project location enableObjectRetention retentionPolicy.isLocked",
    }.items()
}  # fmt: skip

_ADDED_IN_PLACE = frozenset({"aws:eks/cluster:Cluster/encryptionConfig"})
"""What an object without it gets in place, and never loses again (EKS user guide, envelope encryption)."""

_UPDATABLE = frozenset({
    "aws:ec2/launchTemplate:LaunchTemplate/description", "aws:lb/targetGroup:TargetGroup/vpcId", "aws:eks/cluster:Cluster/vpcConfig",
})  # fmt: skip
_PLACES = frozenset({
    "name", "namePrefix", "bucket", "bucketPrefix", "clusterName", "cluster", "cidrBlock", "vpcId", "availabilityZone", "availabilityZoneId",
    "region", "location", "project", "zone", "network", "keyRing", "accountId", "family", "engine", "engineType", "parent",
})  # fmt: skip
_NEVER = frozenset({"tags", "tagsAll", "labels", "userLabels", "annotations", "displayName", "timeouts"})
_ASSOCIATION = re.compile(r"(Attachment|Association|Member|Binding|Attach)$")
_SAYS_SO = re.compile(
    r"[Ff]orces? (?:a )?(?:new|replacement|re-?creation)|[Cc]hanging this (?:\w+ )?(?:forces|creates|will (?:force|create|re-?create))"
    r"|cannot be (?:changed|updated|modified) (?:after|once)|forces replacement"
)
_DEFAULT_CHANGES = re.compile(r"from .{3,80}? (?:forces|to .{3,80}? forces)")  # "Changing from A to B forces": one direction only


def differences(resource: Resource, olds: Properties, news: Properties, ignored: Iterable[str] = ()) -> list[Difference]:
    """Every changed input; secret marks, equal JSON texts and coercible spellings ("true", 5) make no difference."""
    skip = set(ignored)
    found = []
    for name in sorted((olds.keys() | news.keys()) - skip):
        field = resource.inputs.get(name)
        if name.startswith("__"):
            continue
        type_ = field.type if field else Type(Kind.ANY)
        found += [
            Difference(path, change, _replaces(resource, field, path, change))
            for path, change in _compare(type_, unwrap(olds.get(name)), unwrap(news.get(name)), name)
            if path not in skip
        ]
    return found


def deletes_first(resource: Resource, news: Properties, found: Iterable[Difference]) -> bool:
    """Whether a replacement must delete before it creates, because the object keeps a name that only one can have."""
    replaced = {difference.property for difference in found if difference.replaces}
    name = named_property(resource)
    if not replaced or (name and (is_autonamed(resource, news) or news.get(name) is None)):
        return False
    identifying = identifying_properties(resource) & {name for name, value in news.items() if value is not None}
    return bool(identifying) and not replaced & identifying


def _compare(type_: Type, old: Value, new: Value, path: str) -> Iterator[tuple[str, Change]]:
    if _same(type_, old, new):
        return
    if old is None or new is None:
        yield path, Change.ADD if old is None else Change.DELETE
    elif isinstance(old, dict) and isinstance(new, dict) and type_.kind in {Kind.OBJECT, Kind.MAP}:
        for key in sorted(key for key in old.keys() | new.keys() if not key.startswith("__")):
            inner = type_.fields[key].type if key in type_.fields else type_.element or Type(Kind.ANY)
            yield from _compare(inner, old.get(key), new.get(key), f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        inner = type_.element or Type(Kind.ANY)
        for index in range(max(len(old), len(new))):
            yield from _compare(inner, _at(old, index), _at(new, index), f"{path}[{index}]")
    else:
        yield path, Change.UPDATE


def _at(items: list[Value], index: int) -> Value:
    return items[index] if index < len(items) else None


def _same(type_: Type, old: Value, new: Value) -> bool:
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return True
    if is_unknown(old) or is_unknown(new) or old is None or new is None:
        return False
    if type_.kind is Kind.BOOLEAN:
        return str(old).lower() == str(new).lower()
    if type_.kind in {Kind.INTEGER, Kind.NUMBER, Kind.STRING} and not isinstance(old, dict | list) and not isinstance(new, dict | list):
        return _spelling(old) == _spelling(new) or _same_json(old, new)
    return type_.kind is Kind.UNION and _same_json(old, new)


def _spelling(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same_json(old: Value, new: Value) -> bool:
    if not (isinstance(old, str) and isinstance(new, str) and old[:1] in {"{", "["}):
        return False
    try:
        return bool(json.loads(old) == json.loads(new))
    except ValueError:
        return False


def _replaces(resource: Resource, field: Field | None, path: str, change: Change) -> bool:
    name = re.split(r"[.\[]", path, maxsplit=1)[0]
    if change is Change.ADD and f"{resource.token}/{path}" in _ADDED_IN_PLACE:
        return False
    if name in _NEVER or field is None or f"{resource.token}/{name}" in _UPDATABLE:
        return False
    if name == "region" or (name == "project" and resource.token.startswith("gcp:")):
        return True
    if resource.token in _FORCES:
        plain = re.sub(r"\[\d+\]", "", path)
        return any(plain == entry or plain.startswith(f"{entry}.") or entry.startswith(f"{plain}.") for entry in _FORCES[resource.token])
    if name in _PLACES or name in identifying_properties(resource) or _ASSOCIATION.search(resource.token):
        return True
    return bool(_SAYS_SO.search(field.doc)) and not _DEFAULT_CHANGES.search(field.doc)
