"""Sinks of Cloud Logging: whose logs they take, and where to."""

from collections.abc import Hashable, Iterator
from typing import Final

from hipaa_stack.resources import Place, Reason, Resource, Stack, Undecided, chain, plain
from hipaa_stack.rules.gcp._types import gcp

_LEVELS: Final = {"project": "projects", "folder": "folders", "organization": "organizations", "billingAccount": "billingAccounts"}
"""What logs belong to, with its name in names of resources."""

SINKS: Final = tuple(gcp(f"logging/{level}Sink") for level in _LEVELS)
EXCLUSIONS: Final = tuple(gcp(f"logging/{level}Exclusion") for level in _LEVELS)
LOG_BUCKETS: Final = tuple(gcp(f"logging/{level}BucketConfig") for level in _LEVELS)
"""Buckets of Cloud Logging, in which logs can be searched."""

BUCKET: Final = gcp("storage/bucket")

_LEVEL_OF: Final = {type_: level for types in (SINKS, EXCLUSIONS, LOG_BUCKETS) for level, type_ in zip(_LEVELS, types, strict=True)}
_PLACES: Final = (BUCKET, *LOG_BUCKETS)
_DESTINATIONS: Final = (*_PLACES, gcp("bigquery/dataset"), gcp("pubsub/topic"))
_STORAGE: Final = "storage.googleapis.com"
_LOGGING: Final = "logging.googleapis.com"

# Where to -------------------------------------------------------------------------------------------------------


def sinks_to(place: Resource, stack: Stack) -> Iterator[Resource]:
    """The sinks that write to a bucket.

    Raises:
        Undecided: after the known ones, when another one may.
    """
    named = (stack.keyed(key, *SINKS, by=_targets) for key in _addresses(stack, place))
    yield from chain([chain(named), _possible(place, stack)])


def _possible(place: Resource, stack: Stack) -> Iterator[Resource]:
    """Nothing, or Undecided where the name of the bucket is not known yet and a sink may name it."""
    if _address(place) is None:
        for sink in stack.keyed(_unmatched(_STORAGE if place.rule_type == BUCKET else _LOGGING), *SINKS, by=_targets):
            raise Undecided([Place("destination", "may be this bucket, whose name is not known", Reason.COMPUTED, sink)])
    yield from ()


def buckets_of(sink: Resource, stack: Stack) -> Iterator[Resource]:
    """The buckets that a sink writes to; none where it writes to BigQuery or Pub/Sub.

    Raises:
        Undecided: when its destination is not known, or outside the stack.
    """
    found = {each.urn: each for key in _targets(stack, sink) for each in stack.keyed(key, *_PLACES, by=_addresses)}
    yield from found.values()
    if not found and not _linked(stack, sink):
        service = (sink.planned.string("destination") or "").partition("/")[0]
        if service in (_STORAGE, _LOGGING):
            raise Undecided([Place("destination", Reason.EXTERNAL.value, Reason.EXTERNAL, sink)])


def _linked(stack: Stack, sink: Resource) -> list[Resource]:
    """What the engine says that the destination comes from."""
    return [part for urn in sink.property_dependencies.get("destination", ()) for part in stack.parts(urn, _DESTINATIONS)]


def _targets(stack: Stack, sink: Resource) -> Iterator[Hashable]:
    """Where a sink writes to, as keys: by its name, or by the links of the property where that is not known."""
    destination = plain(sink.planned.raw("destination"))
    linked = _linked(stack, sink)
    if isinstance(destination, str):
        yield destination
        if not any(stack.keyed(destination, *_PLACES, by=_addresses)):
            yield from (part.urn for part in linked)
            if not linked:
                yield _unmatched(destination.partition("/")[0])
        return
    if len(linked) != 1:
        sink.planned.string("destination")  # raises: nothing else tells which one it is
    yield from (part.urn for part in linked)


def _unmatched(service: str) -> Hashable:
    """The key of sinks whose destination no bucket of the stack is known to be."""
    return "unmatched", service


def _addresses(_: Stack, place: Resource) -> Iterator[Hashable]:
    """A bucket as keys: its URN, and what a destination calls it where that is known."""
    yield place.urn
    address = _address(place)
    if address is not None:
        yield address


def _address(place: Resource) -> str | None:
    if place.rule_type == BUCKET:
        name = plain(place.planned.raw("name"))
        return f"{_STORAGE}/{name}" if isinstance(name, str) else None
    level = _LEVEL_OF[place.rule_type]
    owner, location, name = (plain(place.planned.raw(key)) for key in (level, "location", "bucketId"))
    if not isinstance(owner, str) or not isinstance(location, str) or not isinstance(name, str):
        return None
    return f"{_LOGGING}/{_LEVELS[level]}/{owner.rpartition('/')[2]}/locations/{location}/buckets/{name}"


# Whose logs -----------------------------------------------------------------------------------------------------


def takes_logs_of(sink: Resource, resource: Resource) -> bool:
    """True when a sink sees the logs of what a resource is in: a project, or for resources of logging also what is above.

    A sink of a folder or an organisation sees projects where it includes its children; which ones is not looked at.
    """
    level, other = (_LEVEL_OF.get(each.rule_type, "project") for each in (sink, resource))
    if level == "project":
        return other == "project" and same_project(sink, resource)
    return level == other or (level != "billingAccount" and sink.planned.boolean("includeChildren") is True)


def same_project(one: Resource, other: Resource) -> bool:
    """True when two resources are in one project.

    Raises:
        Undecided: when that is not known: the provider may choose it, and a number may be that of a name.
    """
    held = [plain(each.planned.raw("project")) for each in (one, other)]
    names = [name.removeprefix("projects/") for name in held if isinstance(name, str) and name]
    if len(names) == len(held) and len({name.isdigit() for name in names}) == 1:
        return names[0] == names[1]
    links = one.property_dependencies.get("project", ())
    if links and links == other.property_dependencies.get("project", ()):
        return True
    if one.provider == other.provider and not any(plain(each.inputs.get("project")) for each in (one, other)):
        return True
    raise Undecided([Place("project", "not known whether it is the same project", Reason.COMPUTED, one)])
