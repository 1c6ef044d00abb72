"""Which stores a selection assigns to its plan (AWS Backup developer guide, assigning resources)."""

from typing import Final

from hipaa_stack.patterns import covers
from hipaa_stack.resources import Node, Resource, Stack, all_of, any_of, some
from hipaa_stack.rules.aws._types import aws

_ARNS: Final = {
    aws("ebs/volume"): ("ec2", "volume/"),
    aws("efs/fileSystem"): ("elasticfilesystem", "file-system/"),
    aws("dynamodb/table"): ("dynamodb", "table/"),
    aws("rds/instance"): ("rds", "db:"),
}
"""The service in the ARNs of a type, and how their last part begins."""

STORES: Final = tuple(_ARNS)
"""Types of what plans assign."""

_ANY: Final = "\0"
"""In the place of a part of an ARN that is not known: only `*` covers it."""

_TAG: Final = "aws:ResourceTag/"
_PARTS: Final = 6
"""Of an ARN."""


def assigns(selection: Resource, store: Resource, stack: Stack) -> bool:
    """Whether a selection takes a store in: by name, by tag or with everything, and neither left out nor filtered out.

    Raises:
        Undecided: when its ARN or tags, or what the selection says, decide and are not known.
    """
    return all_of(
        lambda: _chosen(selection.root, store, stack),
        lambda: not _listed(selection.root, "notResources", store, stack),
        lambda: not some(selection.root.items("conditions"), lambda block: _filters_out(block, store)),
    )


def _chosen(selection: Node, store: Resource, stack: Stack) -> bool:
    return any_of(
        lambda: not any_of(lambda: selection.is_set("resources"), lambda: selection.is_set("selectionTags")),
        lambda: _listed(selection, "resources", store, stack),
        lambda: some(selection.items("selectionTags"), lambda tag: _value(tag, store) == (tag.string("value") or "")),
    )


def _listed(selection: Node, path: str, store: Resource, stack: Stack) -> bool:
    """Whether one of the ARNs or patterns in a list, or what the engine has recorded of them, names a store."""
    links = selection.resource.property_dependencies.get(path, ())
    return any_of(
        lambda: any(stack.parts(urn, (store.rule_type,)) == (store,) for urn in links),
        lambda: some(selection.strings(path), lambda pattern: _names(pattern, store)),
    )


def _names(pattern: str, store: Resource) -> bool:
    service, kind = _ARNS[store.rule_type]
    parts = pattern.split(":", _PARTS - 1)
    if len(parts) > 1 and covers(pattern, f"arn:{parts[1]}:{service}:{_ANY}:{_ANY}:{kind}{_ANY}"):
        return True
    if pattern == "*":
        return True
    if len(parts) == _PARTS and not (covers(parts[2], service) and _may_begin(parts[5], kind)):
        return False
    return covers(pattern, store.planned.string("arn") or "")


def _may_begin(pattern: str, kind: str) -> bool:
    """Whether a pattern covers anything that begins with a kind."""
    literal = pattern.partition("*")[0]
    return literal.startswith(kind) or ("*" in pattern and kind.startswith(literal))


def _filters_out(block: Node, store: Resource) -> bool:
    """Whether one of the conditions does not hold; one that negates holds where the tag is absent."""
    return any_of(
        lambda: some(block.items("stringEquals"), lambda tag: _value(tag, store) != (tag.string("value") or "")),
        lambda: some(block.items("stringLikes"), lambda tag: not _like(tag, store)),
        lambda: some(block.items("stringNotEquals"), lambda tag: _value(tag, store) == (tag.string("value") or "")),
        lambda: some(block.items("stringNotLikes"), lambda tag: _like(tag, store)),
    )


def _like(tag: Node, store: Resource) -> bool:
    value = _value(tag, store)
    return value is not None and covers(tag.string("value") or "", value)


def _value(tag: Node, store: Resource) -> str | None:
    """The value that a store has under the key of a tag; the tags of its provider count."""
    key = (tag.string("key") or "").removeprefix(_TAG)
    own = store.planned.node("tags").entry(key)
    return own if own is not None else store.planned.node("tagsAll").entry(key)
