"""One run of the checker, as every format shows it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hipaa_stack.evaluation import Evaluation, Finding, Level, Outcome
from hipaa_stack.resources import Basis, Resource
from hipaa_stack.rules import Rule, Severity
from hipaa_stack.settings import Settings
from hipaa_stack.waivers import Waivers

if TYPE_CHECKING:
    from hipaa_stack.sources import Input, Problem


@dataclass(frozen=True, slots=True)
class Report:
    """What was read, which rules were run on it, and what they found."""

    basis: Basis
    settings: Settings
    rules: tuple[Rule, ...]
    """The rules that were run, by id."""
    resources: int
    """The number of resources that were read."""
    findings: tuple[Finding, ...]
    """What is listed, by source, resource, rule and path; waived findings carry their waiver."""
    counts: Mapping[str, int]
    """Outcome -> how many; a waived finding counts as `waived` and as nothing else."""
    problems: tuple[Problem, ...]
    """What could not be read."""
    notices: tuple[str, ...]
    """What else the reader has to know, such as a waiver that has expired; one line each."""
    line: Callable[[Finding], int | None]
    """The line of a finding in its source, from 1; None where it has none. Found only when it is asked for."""

    @classmethod
    def of(cls, read: Input, rules: Iterable[Rule], settings: Settings, today: dt.date, *, every_outcome: bool = False) -> Report:
        """Evaluates rules on what was read and applies the waivers of the settings.

        With `every_outcome`, passes and what does not apply are listed too; they are always counted.
        """
        evaluation = Evaluation(rules, settings, every_outcome=every_outcome)
        waivers = Waivers(settings.waivers, today)
        findings = tuple(sorted((waivers.apply(finding) for finding in evaluation.stack(read.stack)), key=_place))
        waived = Counter(finding.outcome for finding in findings if finding.waiver)
        return cls(
            basis=read.basis,
            settings=settings,
            rules=evaluation.rules,
            resources=len(read.stack.resources),
            findings=findings,
            counts={outcome.value: evaluation.summary[outcome] - waived[outcome] for outcome in Outcome} | {"waived": waived.total()},
            problems=tuple(read.problems),
            notices=tuple(waivers.notices()),
            line=read.line,
        )

    def violated(self, fail_on: Severity) -> bool:
        """True when a finding of at least this severity counts: a mandatory failure, or with `strict` what is advisory or unknown too."""
        strict = self.settings.strict
        outcomes = (Outcome.FAIL, Outcome.UNKNOWN) if strict else (Outcome.FAIL,)
        return any(
            finding.waiver is None
            and finding.outcome in outcomes
            and finding.rule.severity >= fail_on
            and (strict or finding.level is Level.MANDATORY)
            for finding in self.findings
        )

    @property
    def incomplete(self) -> bool:
        """True when something could not be read or evaluated."""
        return bool(self.problems or self.counts[Outcome.ERROR])


def namespace_of(resource: Resource) -> str | None:
    """The namespace that a Kubernetes object names; None for anything else."""
    metadata = resource.inputs.get("metadata") if resource.type.startswith("kubernetes:") else None
    namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    return namespace if isinstance(namespace, str) and namespace else None


def _place(finding: Finding) -> tuple[str, int, str, str, str, str]:
    resource = finding.resource
    return resource.source, resource.document, resource.urn, finding.rule.id, finding.path, finding.message
