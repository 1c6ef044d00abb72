"""A resource without an owner and a class of data is in no inventory: nobody knows whether ePHI is in it, or whom to ask."""

import re
from collections.abc import Iterator
from typing import Final

from hipaa_stack.resources import Node, NotApplicable, Stack, Violation, chain
from hipaa_stack.rules._rule import Cite, Proposed, Severity, rule
from hipaa_stack.settings import Profile, Settings

_REQUIRED: Final = ("owner", "data-classification")
_SAME: Final = {"data-class": "data-classification"}
_HOLDERS: Final = ("tags", "tagsAll", "labels", "effectiveLabels", "pulumiLabels")
"""Properties of a taggable resource: those of AWS, then those of Google Cloud."""
_NAMESPACE: Final = "kubernetes:core/v1:Namespace"
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@rule(
    id="PUL-STACK-005",
    title="Resources are inventoried",
    severity=Severity.MEDIUM,
    profile=Profile.NPRM_2025,
    types=("aws:*", "gcp:*", _NAMESPACE),
    cites=(Cite("164.308(a)(1)(ii)(A)", "a risk analysis begins with where ePHI is, and who answers for it"),),
    proposed=(Proposed.TECHNOLOGY_ASSET_INVENTORY,),
    fix="Tag it with its owner and its data-classification, or give the provider such default tags.",
)
def check(resource: Node, stack: Stack, settings: Settings) -> Iterator[Violation]:
    if resource.resource.rule_type == _NAMESPACE:
        holders = ["metadata.labels"]
    else:
        holders = sorted(set(_HOLDERS).intersection(resource.keys()), key=_HOLDERS.index)
    if not holders:
        raise NotApplicable("takes no tags")
    for name in settings.required_tags or _REQUIRED:
        wanted = _normal(name)
        if not any(_normal(key) == wanted for key in _keys(resource, holders, stack)):
            yield resource.fail(holders[0], f"has no {name}")


def _keys(resource: Node, holders: list[str], stack: Stack) -> Iterator[str]:
    """The names of its tags, those that its provider gives to every resource included."""
    provider = stack.by_urn.get(resource.resource.provider.rpartition("::")[0])
    yield from chain([*(_names(resource, holder) for holder in holders), *([_default_names(provider.root)] if provider else [])])


def _names(resource: Node, holder: str) -> Iterator[str]:
    yield from resource.keys(holder)


def _default_names(provider: Node) -> Iterator[str]:
    """The engine writes objects among the arguments of a provider as JSON."""
    for path, key in (("defaultTags", "tags"), ("defaultLabels", "")):
        given = provider.document(path)
        if given is not None:
            yield from given.keys(key)


def _normal(name: str) -> str:
    """`hipaa-stack:DataClassification` and `data_classification` are one name."""
    words = _WORD.findall(re.split(r"[:/]", name)[-1])
    joined = "-".join(words).lower() or name
    return _SAME.get(joined, joined)
