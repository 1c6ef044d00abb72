"""Rules x resources -> findings. One rule that raises never stops another, and what is not decided is never a pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from hipaa_stack.resources import (
    Basis,
    NotApplicable,
    Place,
    Reason,
    Remedy,
    Resource,
    Stack,
    Undecided,
    Unparsable,
    Violation,
    holds,
    rule_type,
)
from hipaa_stack.rules import Rule
from hipaa_stack.settings import Profile, Settings
from hipaa_stack.waivers import Waived

FOOTER = "A pass is evidence for the named safeguard, not a determination of compliance."
"""The last line of every report and of every run of the policy pack."""


class Outcome(StrEnum):
    """What a rule says of a resource."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Level(StrEnum):
    """Whether a finding binds."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one place in one resource."""

    rule: Rule
    outcome: Outcome
    level: Level
    resource: Resource
    path: str
    message: str
    remedy: Remedy | None = None
    waiver: Waived | None = None

    @property
    def violates(self) -> bool:
        """True when it counts against the stack: not waived, and a failure."""
        return self.waiver is None and self.outcome is Outcome.FAIL


def level_of(rule: Rule, settings: Settings) -> Level | None:
    """Whether a rule binds in the profile of the settings; None when the profile does not hold it."""
    match settings.profile, rule.profile:
        case _, Profile.REQUIRED:
            return Level.MANDATORY
        case Profile.STRICT, Profile.RECOMMENDED if rule.key_control:
            return Level.MANDATORY
        case Profile.RECOMMENDED, Profile.RECOMMENDED:
            return Level.ADVISORY
        case Profile.NPRM_2025, _ if rule.proposed:
            return Level.ADVISORY
    return None


class Evaluation:
    """Judges resources by rules; counts every outcome in `summary`."""

    def __init__(
        self,
        rules: Iterable[Rule],
        settings: Settings | None = None,
        *,
        levels: Mapping[str, Level] | None = None,
        every_outcome: bool = False,
    ) -> None:
        """Takes the rules to run, in any order; those that the profile does not hold are left out.

        `levels`, by rule id, take the place of the profile: a rule that they do not name is left out. With
        `every_outcome`, passes and what does not apply are findings too; they are always counted.
        """
        self.settings = settings or Settings()
        self._every_outcome = every_outcome
        given = ((rule, level_of(rule, self.settings) if levels is None else levels.get(rule.id)) for rule in rules)
        self._levels = {rule: level for rule, level in given if level is not None}
        self._by_type: dict[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}
        self.summary: Counter[Outcome] = Counter()
        """One per rule and resource for pass and not_applicable, one per finding for the others."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are run, by id."""
        return tuple(sorted(self._levels, key=lambda rule: rule.id))

    def stack(self, stack: Stack) -> Iterator[Finding]:
        """Every finding of every rule over a whole stack."""
        for resource in stack.resources:
            yield from self.resource(resource, stack.basis)
        yield from self.stack_rules(stack)

    def resource(self, resource: Resource, basis: Basis) -> Iterator[Finding]:
        """The findings of the rules that need nothing but this resource."""
        for rule in self.rules_of(resource.type)[0]:
            yield from self._judge(rule, resource, basis, None)

    def stack_rules(self, stack: Stack) -> Iterator[Finding]:
        """The findings of the rules that need the other resources too."""
        for resource in stack.resources:
            for rule in self.rules_of(resource.type)[1]:
                yield from self._judge(rule, resource, stack.basis, stack)

    def rules_of(self, type_: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The resource rules and the stack rules that judge a type, by id."""
        found = self._by_type.get(type_)
        if found is None:
            judged = {type_, rule_type(type_)}
            of_type = [rule for rule in self.rules if any(rule.judges(name) for name in judged)]
            found = tuple(rule for rule in of_type if not rule.of_stack), tuple(rule for rule in of_type if rule.of_stack)
            self._by_type[type_] = found
        return found

    def _judge(self, rule: Rule, resource: Resource, basis: Basis, stack: Stack | None) -> list[Finding]:
        found, not_applicable = self._look(rule, resource, basis, stack)
        if found and resource.is_patch:
            found = [finding for finding in found if finding.outcome is not Outcome.FAIL or _sets(resource, finding.path)]
            not_applicable = not_applicable or "the patch does not set it"
        for finding in found:
            self.summary[finding.outcome] += 1
        if found:
            return found
        outcome = Outcome.NOT_APPLICABLE if not_applicable else Outcome.PASS
        self.summary[outcome] += 1
        if not self._every_outcome:
            return []
        return [Finding(rule, outcome, self._levels[rule], resource, "", not_applicable or rule.title)]

    def _look(self, rule: Rule, resource: Resource, basis: Basis, stack: Stack | None) -> tuple[list[Finding], str]:
        """What a rule finds in each part, and why it has no say when it has none on any part."""
        found: list[Finding] = []
        extra: dict[str, Any] = {}
        for name in rule.takes:
            extra[name] = stack if name == "stack" else self.settings
        try:
            nodes, undecided = resource.units(rule.each, planned=rule.of_stack)
        except NotApplicable as raised:
            return [], str(raised)
        except Exception as error:  # noqa: BLE001 - a crash in a rule is an ERROR finding
            return [self._error(rule, resource, "", error)], ""
        seen: set[Place] = set()  # several parts may have read the same value
        if undecided is not None:
            found += self._unknown(rule, resource, basis, undecided.places, seen)
        decided, reason = not nodes, ""
        for node in nodes:
            try:
                for violation in rule.check(node, **extra):
                    found.append(self._fail(rule, resource, violation))
                decided = True
            except Undecided as raised:
                found += self._unknown(rule, resource, basis, raised.places, seen)
            except NotApplicable as raised:
                reason = str(raised)
            except Exception as error:  # noqa: BLE001 - a crash in a rule is an ERROR finding
                found.append(self._error(rule, resource, node.path(), error))
        return found, "" if decided else reason

    def _fail(self, rule: Rule, resource: Resource, violation: Violation) -> Finding:
        message = violation.message
        if resource.has_secrets and (resource.hides(violation.path) or any(secret in message for secret in resource.secrets)):
            message = f"{rule.title}: violated by a secret value"
        return Finding(rule, Outcome.FAIL, self._levels[rule], resource, violation.path, message, violation.remedy)

    def _unknown(self, rule: Rule, resource: Resource, basis: Basis, places: Iterable[Place], seen: set[Place]) -> Iterator[Finding]:
        """Advisory while it may still become known, or where it can only be looked at elsewhere."""
        for place in places:
            if place in seen:
                continue
            seen.add(place)
            binds = basis is Basis.UPDATE and place.reason not in (Reason.EXTERNAL, Reason.SIMULATED)
            level = self._levels[rule] if binds or self.settings.strict else Level.ADVISORY
            elsewhere = place.resource is not None and place.resource is not resource
            path = f"{place.resource.name}.{place.path}" if place.resource and elsewhere else place.path
            yield Finding(rule, Outcome.UNKNOWN, level, resource, path, place.why)

    def _error(self, rule: Rule, resource: Resource, path: str, error: Exception) -> Finding:
        """A crash of a rule, or a document inside a property that cannot be read. Never the error's text: it may hold a value."""
        message = str(error) if isinstance(error, Unparsable) else f"the rule raised {type(error).__name__}: please report it"
        return Finding(rule, Outcome.ERROR, self._levels[rule], resource, path, message)


def _sets(patch: Resource, path: str) -> bool:
    return holds(patch.inputs, path.removeprefix(patch.prefix).removeprefix("."))
