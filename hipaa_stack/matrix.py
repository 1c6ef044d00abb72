"""The matrix: every row of the Security Rule with the rules and components that serve it, and what code cannot do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hipaa_stack.baseline import COMPONENTS
from hipaa_stack.catalog import catalog, organisation
from hipaa_stack.rules import PROPOSED_STATUS, Proposed, Rule
from hipaa_stack.settings import Profile


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph of the Security Rule, or one of the proposed rule."""

    id: str
    title: str
    kind: str
    """general, standard, specification, or the status of a proposed one."""
    obligation: str
    """Required or Addressable, of a specification; else ""."""
    rules: tuple[str, ...]
    """Ids of the rules that give evidence for it."""
    components: tuple[str, ...]
    """Names of the components that serve it."""
    organisation: str
    """What stays with the organisation in any case; "" for a proposed one."""


def matrix(rules: Iterable[Rule], profile: Profile | None = None) -> list[Row]:
    """The rows in the regulation's order; with profile nprm-2025 those of the proposed rule follow."""
    rules = tuple(rules)
    cited = defaultdict(list)
    for rule in rules:
        for cite in rule.cites:
            cited[cite.id].append(rule.id)
    rows = [
        Row(
            id=entry.id,
            title=entry.title,
            kind=entry.kind,
            obligation=entry.obligation or "",
            rules=tuple(cited[entry.id]),
            components=tuple(sorted(name for name, record in COMPONENTS.items() if entry.id in record.citations)),
            organisation=organisation()[entry.id],
        )
        for entry in catalog()
    ]
    if profile is Profile.NPRM_2025:
        rows += [_proposed(proposed, rules) for proposed in Proposed]
    return rows


def _proposed(proposed: Proposed, rules: tuple[Rule, ...]) -> Row:
    serving = tuple(rule.id for rule in rules if proposed in rule.proposed)
    return Row(proposed.value, title_of(proposed), PROPOSED_STATUS, "", serving, (), "")


def title_of(proposed: Proposed) -> str:
    """What a proposed safeguard is about, such as `Network segmentation`."""
    return proposed.name.replace("MULTI_FACTOR", "MULTI-FACTOR").replace("_", " ").capitalize()
