"""Findings for test reports of CI servers: a suite per source, a case per finding.

A failure is a failure and a crash of a rule an error. What is unknown or waived is skipped: it was not decided, or
somebody has accepted it. What could not be read is an error of its source.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, TextIO
from xml.sax.saxutils import escape, quoteattr

from hipaa_stack.evaluation import FOOTER, Finding, Outcome
from hipaa_stack.reports._escapes import printable
from hipaa_stack.reports._report import Report, namespace_of

if TYPE_CHECKING:
    from hipaa_stack.sources import Problem

_RESULTS = {Outcome.FAIL: "failure", Outcome.ERROR: "error", Outcome.UNKNOWN: "skipped", Outcome.NOT_APPLICABLE: "skipped"}
"""Outcome -> the element inside a case; a pass has none."""


def write(report: Report, out: TextIO) -> None:
    """Writes one XML document; it bears no time, so that equal runs give equal reports."""
    results = [_result(finding) for finding in report.findings] + ["error"] * len(report.problems)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="hipaa-stack" {_totals(results)}>\n')
    for source, findings in groupby(report.findings, key=lambda finding: finding.resource.source):
        cases = list(findings)
        out.write(f"<testsuite name={_attribute(source or report.basis)} {_totals([_result(finding) for finding in cases])}>\n")
        out.writelines(line for finding in cases for line in _case(finding, report.line(finding)))
        out.write("</testsuite>\n")
    for source, problems in groupby(report.problems, key=lambda problem: problem.source):
        unread = list(problems)
        out.write(f"<testsuite name={_attribute(source)} {_totals(['error'] * len(unread))}>\n")
        out.writelines(_unread(problem) for problem in unread)
        out.write("</testsuite>\n")
    out.write(f'<testsuite name="hipaa-stack" {_totals([])}>\n<system-out>{escape(FOOTER)}</system-out>\n</testsuite>\n</testsuites>\n')


def _totals(results: list[str]) -> str:
    return " ".join(
        [f'tests="{len(results)}"', *(f'{name}="{results.count(of)}"' for name, of in (("failures", "failure"), ("errors", "error")))]
    )


def _result(finding: Finding) -> str:
    return "skipped" if finding.waiver else _RESULTS.get(finding.outcome, "")


def _case(finding: Finding, line: int | None) -> Iterator[str]:
    rule, resource = finding.rule, finding.resource
    namespace = namespace_of(resource)
    owner = f"{resource.type.rpartition(':')[2]}.{f'{namespace}/' if namespace else ''}{resource.name}"
    name = f"{rule.id} {rule.title}" + (f" [{finding.path}]" if finding.path else "")
    yield f"<testcase classname={_attribute(owner)} name={_attribute(name)}"
    result = _result(finding)
    if not result:
        yield "/>\n"
        return
    waiver = finding.waiver
    message = f"waived by {waiver.by}: {waiver.justification}" if waiver else f"{finding.outcome}: {finding.message}"
    where = f"{resource.source}:{line}" if line else resource.source
    details = (where, finding.path, ", ".join(cite.id for cite in rule.cites), f"{rule.severity}, {finding.level}", f"fix: {rule.fix}")
    kind = "" if result == "skipped" else f" type={_attribute(rule.id)}"
    text = escape("\n".join(printable(detail) for detail in details if detail))
    yield f"><{result}{kind} message={_attribute(message)}>{text}</{result}></testcase>\n"


def _unread(problem: Problem) -> str:
    where = f"{problem.source}:{problem.line}" if problem.line else problem.source
    return (
        f'<testcase classname={_attribute(problem.source)} name="can be read">'
        f'<error type="unreadable" message={_attribute(problem.message)}>{escape(printable(where))}</error></testcase>\n'
    )


def _attribute(text: str) -> str:
    return quoteattr(printable(text))
