"""Findings for spreadsheets: one row each, every cell quoted, none of them a formula."""

from __future__ import annotations

import csv
from typing import TextIO

from hipaa_stack.evaluation import FOOTER, Finding
from hipaa_stack.reports._escapes import printable
from hipaa_stack.reports._report import Report, namespace_of

COLUMNS = (
    "outcome",
    "severity",
    "level",
    "rule",
    "title",
    "source",
    "line",
    "type",
    "namespace",
    "name",
    "path",
    "message",
    "citations",
    "fix",
    "waived_by",
    "justification",
    "expires",
)
"""The columns. `outcome` is that of a finding, `unreadable` for what could not be read, or `note` in the last row."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula (OWASP, CSV Injection)."""


def write(report: Report, out: TextIO) -> None:
    """Writes a header, the findings, what could not be read, and a last row that says what a pass means."""
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(COLUMNS)
    for finding in report.findings:
        rows.writerow(map(cell, _row(finding, report.line(finding))))
    for problem in report.problems:
        rows.writerow(map(cell, _sparse(outcome="unreadable", source=problem.source, line=problem.line, message=problem.message)))
    rows.writerow(_sparse(outcome="note", message=FOOTER))


def cell(value: object) -> str:
    """A value as a cell: printable, and with a leading quote where a spreadsheet would see a formula."""
    text = "" if value is None else printable(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(finding: Finding, line: int | None) -> tuple[object, ...]:
    rule, resource, waiver = finding.rule, finding.resource, finding.waiver
    waived = (waiver.by, waiver.justification, waiver.expires) if waiver else (None, None, None)
    return (
        "waived" if waiver else finding.outcome,
        rule.severity,
        finding.level,
        rule.id,
        rule.title,
        resource.source,
        line,
        resource.type,
        namespace_of(resource),
        resource.name,
        finding.path,
        finding.message,
        " ".join(cite.id for cite in rule.cites),
        rule.fix,
        *waived,
    )


def _sparse(**values: object) -> list[object]:
    return [values.get(column, "") for column in COLUMNS]
