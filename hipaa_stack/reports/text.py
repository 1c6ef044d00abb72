"""Findings for people: by file and resource, with what is wrong, where, under which citation, and how to fix it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import TextIO

from hipaa_stack.evaluation import FOOTER, Finding, Level, Outcome
from hipaa_stack.reports._escapes import printable
from hipaa_stack.reports._report import Report, namespace_of
from hipaa_stack.resources import Resource

Paint = Callable[[str, str], str]
"""Style and text -> the text in that style."""

_INDENT = " " * 14
"""Where the text of a finding begins: after its label."""

_STYLES = {
    "CRITICAL": "bold white on red",
    "HIGH": "bold red",
    "MEDIUM": "yellow",
    "LOW": "cyan",
    "UNKNOWN": "magenta",
    "ERROR": "bold white on red",
    "WAIVED": "dim",
    "PASS": "green",
    "N/A": "dim",
}


def write(report: Report, out: TextIO) -> None:
    """Writes the findings, the summary and what a pass means."""
    paint = _rich(out) if out.isatty() else _plain
    for source, of_source in groupby(report.findings, key=attrgetter("resource.source")):
        name = printable(source)
        out.write(f"{paint('bold underline', name or report.basis)}\n\n")
        for resource, findings in groupby(of_source, key=attrgetter("resource")):
            lines = [f"  {paint('bold', _title(resource))}"]
            for finding in findings:
                lines += _lines(finding, name, report.line(finding), paint)
            out.write("\n".join(lines) + "\n\n")
    out.write(f"{paint('bold', summary(report))}\n{FOOTER}\n")


def summary(report: Report) -> str:
    """The counts in one line."""
    counts = report.counts
    parts = [
        f"{counts['fail']} failed",
        f"{counts['unknown']} unknown",
        _number(counts["error"], "error"),
        f"{counts['waived']} waived",
        f"{counts['pass']} passed",
        f"{counts['not_applicable']} not applicable",
    ]
    unread = f"; {len(report.problems)} could not be read" if report.problems else ""
    judged = f"{_number(report.resources, 'resource')}, {_number(len(report.rules), 'rule')} (profile {report.settings.profile})"
    return f"{judged}: {', '.join(parts)}{unread}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _title(resource: Resource) -> str:
    if not resource.type.startswith("kubernetes:"):
        return printable(f"{resource.type} {resource.name}")
    namespace = namespace_of(resource)
    return printable(f"{resource.type.rpartition(':')[2]} {f'{namespace}/' if namespace else ''}{resource.name}")


def _lines(finding: Finding, source: str, line: int | None, paint: Paint) -> Iterator[str]:
    rule, label = finding.rule, _label(finding)
    advisory = "(advisory) " if finding.level is Level.ADVISORY and finding.outcome is Outcome.FAIL else ""
    said = finding.message if finding.outcome in (Outcome.FAIL, Outcome.PASS) else f"{rule.title}: {finding.message}"
    yield f"    {paint(_STYLES[label], label)}{' ' * (10 - len(label))}{rule.id}  {advisory}{printable(said)}"
    where = [f"{source}:{line}"] if line else []
    where += [printable(finding.path)] if finding.path else []
    if where:
        yield f"{_INDENT}at {'  '.join(where)}"
    yield f"{_INDENT}{', '.join(cite.id for cite in rule.cites)}"
    if finding.waiver:
        waived = finding.waiver
        until = f", until {waived.expires}, {waived.risk_analysis_ref}" if waived.expires else ""
        yield f"{_INDENT}waived by {printable(f'{waived.by}{until}: {waived.justification}')}"
    elif finding.outcome is Outcome.FAIL:
        yield f"{_INDENT}fix: {rule.fix}"


def _label(finding: Finding) -> str:
    if finding.waiver:
        return "WAIVED"
    match finding.outcome:
        case Outcome.FAIL:
            return finding.rule.severity.name
        case Outcome.NOT_APPLICABLE:
            return "N/A"
    return finding.outcome.name


def _plain(_style: str, text: str) -> str:
    return text


def _rich(out: TextIO) -> Paint:
    """Colours as far as this terminal has them; NO_COLOR and TERM count."""
    from rich.console import COLOR_SYSTEMS, Console  # noqa: PLC0415 - costs more than a small check
    from rich.style import Style  # noqa: PLC0415

    console = Console(file=out)
    system = None if console.no_color else COLOR_SYSTEMS.get(console.color_system or "")
    return lambda style, text: Style.parse(style).render(text, color_system=system)
