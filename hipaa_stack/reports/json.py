"""Findings for programs: the contract `hipaa-stack/findings/v1`, which findings.schema.json describes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, TextIO

from hipaa_stack import __version__
from hipaa_stack.evaluation import FOOTER, Finding
from hipaa_stack.reports._escapes import dumps
from hipaa_stack.reports._report import Report, namespace_of
from hipaa_stack.rules import Rule
from hipaa_stack.waivers import Waived

SCHEMA = "hipaa-stack/findings/v1"
"""Name and version of the contract."""


def write(report: Report, out: TextIO) -> None:
    """Writes one JSON object; each finding is one line of it."""
    head = {
        "schema": SCHEMA,
        "tool": {"name": "hipaa-stack", "version": __version__},
        "basis": report.basis,
        "observed_at": None,
        "profile": report.settings.profile,
        "strict": report.settings.strict,
        "summary": {"resources": report.resources, "rules": len(report.rules), **report.counts},
    }
    out.write("{" + "".join(f"{dumps(key)}: {dumps(value)},\n" for key, value in head.items()) + '"findings": [')
    between = "\n"
    for finding in _findings(report):
        out.write(f"{between}{dumps(finding)}")
        between = ",\n"
    tail = {
        "problems": [{"source": problem.source, "line": problem.line, "message": problem.message} for problem in report.problems],
        "notices": list(report.notices),
        "statement": FOOTER,
    }
    out.write("\n]" + "".join(f",\n{dumps(key)}: {dumps(value)}" for key, value in tail.items()) + "}\n")


def _findings(report: Report) -> Iterator[dict[str, Any]]:
    of_rule = {rule: _of_rule(rule) for rule in report.rules}
    for resource, findings in groupby(report.findings, key=attrgetter("resource")):
        of_resource = {
            "id": resource.urn,
            "type": resource.type,
            "name": resource.name,
            "namespace": namespace_of(resource),
            "source": resource.source,
        }
        for finding in findings:
            yield _finding(finding, {**of_resource, "line": report.line(finding)}, of_rule[finding.rule])


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {"citations": [cite.id for cite in rule.cites], "tags": list(rule.tags), "fix": rule.fix}


def _finding(finding: Finding, resource: dict[str, Any], of_rule: dict[str, Any]) -> dict[str, Any]:
    return {
        "rule": finding.rule.id,
        "outcome": finding.outcome,
        "severity": str(finding.rule.severity),
        "level": finding.level,
        "resource": resource,
        "path": finding.path,
        "message": finding.message,
        **of_rule,
        "waiver": _waiver(finding.waiver) if finding.waiver else None,
    }


def _waiver(waiver: Waived) -> dict[str, Any]:
    return {
        "by": waiver.by,
        "justification": waiver.justification,
        "risk_analysis_ref": waiver.risk_analysis_ref,
        "expires": waiver.expires.isoformat() if waiver.expires else None,
    }
