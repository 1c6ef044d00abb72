"""Findings for code scanning: SARIF 2.1.0 (OASIS, with errata 01).

A failure is a result of kind `fail`. UNKNOWN is of kind `open`: 3.27.9 gives it the meaning that a rule was evaluated
and there was not enough information to decide. Any kind but `fail` has level `none` (3.27.10). A rule that crashed,
and what could not be read, are no results but notifications of an execution that did not succeed (3.20.14, 3.20.21).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from hipaa_stack import __version__
from hipaa_stack.evaluation import FOOTER, Finding, Level, Outcome, level_of
from hipaa_stack.reports._escapes import dumps, printable
from hipaa_stack.reports._report import Report, namespace_of
from hipaa_stack.rules import Rule, Severity
from hipaa_stack.waivers import Waived

if TYPE_CHECKING:
    from hipaa_stack.sources import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

FINGERPRINT = "hipaaStackFinding/v1"
"""Name of our partial fingerprint: a hash of the rule, the source, the resource's type, namespace and name, and the path."""

_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
"""`security-severity` in the middle of the range that code scanning names alike (over 9.0, 7.0, 4.0, below)."""

_KINDS = {Outcome.FAIL: "fail", Outcome.UNKNOWN: "open", Outcome.PASS: "pass", Outcome.NOT_APPLICABLE: "notApplicable"}


def write(report: Report, out: TextIO) -> None:
    """Writes one log with one run; each result is one line."""
    driver = {
        "name": "hipaa-stack",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_descriptor(rule, level_of(rule, report.settings)) for rule in report.rules],
    }
    index = {rule: number for number, rule in enumerate(report.rules)}
    out.write(f'{{"$schema": {dumps(SCHEMA)},\n"version": "2.1.0",\n"runs": [{{"tool": {{"driver": {dumps(driver)}}},\n"results": [')
    between = "\n"
    for finding in report.findings:
        if finding.outcome is not Outcome.ERROR:
            out.write(f"{between}{dumps(_result(finding, index[finding.rule], report.line(finding)))}")
            between = ",\n"
    properties = {
        "basis": report.basis,
        "profile": report.settings.profile,
        "summary": {"resources": report.resources, "rules": len(report.rules), **report.counts},
        "statement": FOOTER,
    }
    out.write(f'\n],\n"invocations": [{dumps(_invocation(report, index))}],\n"properties": {dumps(properties)}}}]}}\n')


def _descriptor(rule: Rule, level: Level | None) -> dict[str, Any]:
    cites = "\n".join(f"- [{cite.id}]({cite.url}): {cite.why}" for cite in rule.cites)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why or rule.title},
        "help": {
            "text": f"{rule.why}\nFix: {rule.fix}\n" + "\n".join(f"{cite.id}: {cite.why}" for cite in rule.cites),
            "markdown": f"{rule.why}\n\n**Fix.** {rule.fix}\n\n**Evidence for**\n\n{cites}",
        },
        "helpUri": rule.cites[0].url,
        "defaultConfiguration": {"level": _level(rule.severity, level)},
        "properties": {
            "tags": ["security", *(f"hipaa/{cite.id}" for cite in rule.cites), *rule.tags],
            "security-severity": _SCORES[rule.severity],
            "precision": "very-high",
        },
    }


def _level(severity: Severity, level: Level | None) -> str:
    """What binds is an error or a warning by its severity; what is advisory is a note."""
    if level is not Level.MANDATORY:
        return "note"
    return "error" if severity >= Severity.HIGH else "warning"


def _result(finding: Finding, index: int, line: int | None) -> dict[str, Any]:
    rule, resource = finding.rule, finding.resource
    kind = _KINDS[finding.outcome]
    where = f" ({finding.path})" if finding.path else ""
    return {
        "ruleId": rule.id,
        "ruleIndex": index,
        "kind": kind,
        "level": _level(rule.severity, finding.level) if kind == "fail" else "none",
        "message": {"text": printable(f"{resource.type.rpartition(':')[2]} {resource.name}: {finding.message}{where}")},
        "locations": [_location(finding, line)],
        "partialFingerprints": {FINGERPRINT: fingerprint(finding)},
        "suppressions": [_suppression(finding.waiver)] if finding.waiver else [],
        "properties": {"severity": str(rule.severity), "level": finding.level, "path": finding.path},
    }


def fingerprint(finding: Finding) -> str:
    """The same for the same finding in a later version of its file, whatever lines and documents were added."""
    resource = finding.resource
    identity = [finding.rule.id, resource.source, resource.type, namespace_of(resource), resource.name, finding.path]
    return hashlib.sha256(dumps(identity).encode()).hexdigest()


def _location(finding: Finding, line: int | None) -> dict[str, Any]:
    resource = finding.resource
    logical = {"name": resource.name, "fullyQualifiedName": resource.urn, "kind": "resource"}
    return {**_physical(resource.source, line), "logicalLocations": [logical]}


def _physical(source: str, line: int | None) -> dict[str, Any]:
    if not source:
        return {}
    region = {"region": {"startLine": line}} if line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(source)}, **region}}


def _uri(source: str) -> str:
    """A relative reference for a relative path, so that code scanning finds it in the repository; `-` is stdin."""
    path = PurePath(source)
    text = quote(os.fsencode(path.as_posix()))
    if path.is_absolute():
        return f"file://{text}" if text.startswith("/") else f"file:///{text}"
    return "stdin" if source == "-" else text


def _suppression(waiver: Waived) -> dict[str, Any]:
    until = f" until {waiver.expires}" if waiver.expires else ""
    reference = f" ({waiver.risk_analysis_ref})" if waiver.risk_analysis_ref else ""
    return {"kind": "external", "status": "accepted", "justification": f"{waiver.by}{until}{reference}: {waiver.justification}"}


def _invocation(report: Report, index: dict[Rule, int]) -> dict[str, Any]:
    return {
        "executionSuccessful": not report.incomplete,
        "toolExecutionNotifications": [*map(_unread, report.problems), *_crashes(report, index)],
        "toolConfigurationNotifications": [{"level": "warning", "message": {"text": printable(notice)}} for notice in report.notices],
    }


def _unread(problem: Problem) -> dict[str, Any]:
    message = {"text": printable(problem.message)}
    return {"level": "error", "message": message, "locations": [_physical(problem.source, problem.line)]}


def _crashes(report: Report, index: dict[Rule, int]) -> Iterator[dict[str, Any]]:
    for finding in report.findings:
        if finding.outcome is Outcome.ERROR:
            yield {
                "level": "error",
                "message": {"text": printable(finding.message)},
                "locations": [_location(finding, report.line(finding))],
                "associatedRule": {"id": finding.rule.id, "index": index[finding.rule]},
            }
