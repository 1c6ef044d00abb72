"""Findings that somebody has accepted: the organisation for a time, or one of our components by declaration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hipaa_stack.baseline import COMPONENTS, EXCEPTIONS_TAG, DeclaredException
from hipaa_stack.patterns import covers
from hipaa_stack.resources import Resource, child
from hipaa_stack.settings import Waiver

if TYPE_CHECKING:
    from hipaa_stack.evaluation import Finding

COMPONENT_TYPES = "hipaa:index:"
"""Beginning of the type tokens of our components."""


@dataclass(frozen=True, slots=True)
class Waived:
    """Who accepted a finding, and why."""

    by: str
    """The approver, or the component that declares it."""
    justification: str
    risk_analysis_ref: str = ""
    expires: dt.date | None = None
    """None for what a component declares."""


class Waivers:
    """The waivers of one run: applied to findings, and asked at the end which were of no use."""

    def __init__(self, waivers: tuple[Waiver, ...], today: dt.date) -> None:
        """Takes the waivers of the settings and the day of the run."""
        self._waivers = waivers
        self._today = today
        self._used: set[int] = set()

    def apply(self, finding: Finding) -> Finding:
        """The finding, with the waiver that covers it; passes and what does not apply stay as they are."""
        if finding.outcome.value not in ("fail", "unknown"):
            return finding
        waived = self._of_organisation(finding) or declared(finding.rule.id, finding.resource)
        return replace(finding, waiver=waived) if waived else finding

    def _of_organisation(self, finding: Finding) -> Waived | None:
        for number, waiver in enumerate(self._waivers):
            if waiver.rule == finding.rule.id and _covers(waiver.resource, finding.resource):
                self._used.add(number)
                if self._today <= waiver.expires:
                    return Waived(waiver.approver, waiver.justification, waiver.risk_analysis_ref, waiver.expires)
        return None

    def notices(self) -> Iterator[str]:
        """One line for each waiver that has expired or covers nothing."""
        for number, waiver in enumerate(self._waivers):
            where = f"waiver of {waiver.rule} for {waiver.resource}"
            if waiver.expires < self._today:
                yield f"{where}: expired on {waiver.expires}; what it covered is a violation again: review it or remove it"
            elif number not in self._used:
                yield f"{where}: covers no finding; remove it"


def declared(rule_id: str, resource: Resource) -> Waived | None:
    """The exception that a component of ours declares for a resource of its own."""
    for type_ in _types_of(resource.urn):
        record = COMPONENTS.get(type_.removeprefix(COMPONENT_TYPES)) if type_.startswith(COMPONENT_TYPES) else None
        for exception in record.exceptions if record else ():
            if exception.rule == rule_id and _breaks(exception, resource):
                return Waived(type_.removeprefix(COMPONENT_TYPES), exception.reason)
    return None


def _breaks(exception: DeclaredException, resource: Resource) -> bool:
    """Whether the exception is about this resource, and the weakening that it belongs to is in force on it."""
    if not covers(exception.object, f"{resource.type}::{resource.name}"):
        return False
    named = child(child(resource.inputs, "tags"), EXCEPTIONS_TAG)
    return not exception.weakening or (isinstance(named, str) and exception.weakening in named.split())


def _types_of(urn: str) -> list[str]:
    """The types of a resource's ancestors, which its URN holds: `urn:pulumi:stack::project::grand$parent$type::name`."""
    parts = urn.split("::")
    return parts[2].split("$")[:-1] if len(parts) > 3 else []  # noqa: PLR2004 - the four parts of a URN


def _covers(pattern: str, resource: Resource) -> bool:
    return any(covers(pattern, name) for name in (resource.name, resource.urn))
