"""What is granted to allUsers is published; allAuthenticatedUsers is everybody who has ever made a Google account."""

from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, Violation, chain, read_each
from hipaa_stack.rules._rule import Cite, Severity, rule
from hipaa_stack.rules.gcp._grants import GRANTS, grants, members
from hipaa_stack.rules.gcp._types import gcp

_LISTS: Final = tuple(
    gcp(f"storage/{name}")
    for name in (
        "bucketACL", "bucketAccessControl", "defaultObjectACL", "defaultObjectAccessControl", "objectACL", "objectAccessControl",
    )
)  # fmt: skip
"""Access lists of Cloud Storage, which count where access is not uniform."""

_DATASET: Final = gcp("bigquery/dataset")
_DATASET_ACCESS: Final = gcp("bigquery/datasetAccess")

_EVERYBODY: Final = frozenset({"allusers", "allauthenticatedusers"})
_OPEN_LISTS: Final = frozenset({"publicread", "publicreadwrite", "authenticatedread"})
"""Predefined access lists that name everybody (Cloud Storage documentation, access control lists)."""


def _granted(resource: Node) -> Iterator[Node]:
    """The parts that name somebody; a dataset of BigQuery lists its readers itself."""
    yield from resource.items("accesses") if resource.resource.rule_type == _DATASET else grants(resource)


@rule(
    id="GCP-IAM-002",
    title="Nothing is public",
    severity=Severity.CRITICAL,
    types=(*GRANTS, *_LISTS, _DATASET, _DATASET_ACCESS),
    cites=(Cite("164.312(a)(1)", "only people and programs that somebody knows have access"),),
    fix="Name the people, groups or service accounts that need access.",
    each=_granted,
)
def check(grant: Node) -> Iterator[Violation]:
    for path, name in chain([_named(grant), _lists(grant)]):
        yield grant.fail(path, f"{name} is everybody")


def _named(grant: Node) -> Iterator[tuple[str, str]]:
    entities = ((path, pair.rpartition(":")[2]) for path, pair in grant.indexed_strings("roleEntities"))
    singles = read_each(grant.string, "entity", "iamMember", "specialGroup")
    yield from ((path, name) for path, name in chain([members(grant), singles, entities]) if name.lower() in _EVERYBODY)


def _lists(grant: Node) -> Iterator[tuple[str, str]]:
    for path, name in read_each(grant.string, "predefinedAcl", "defaultAcl"):
        if name.lower().replace("-", "") in _OPEN_LISTS:
            yield path, name
