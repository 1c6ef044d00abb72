"""`hipaa-stack matrix`: every paragraph of the Security Rule with what serves it and what code cannot do."""

from __future__ import annotations

import csv
import dataclasses
import io
import textwrap
from collections.abc import Callable, Iterable, Mapping

import click

from hipaa_stack.cli._options import chosen, profile_option, rule_options
from hipaa_stack.cli._result import result
from hipaa_stack.evaluation import FOOTER, level_of
from hipaa_stack.matrix import Row
from hipaa_stack.matrix import matrix as rows_of
from hipaa_stack.reports import dumps
from hipaa_stack.rules import all_rules
from hipaa_stack.settings import Profile, Settings

SCHEMA = "hipaa-stack/matrix/v1"
"""Name and version of the JSON form."""

WIDTH = 100
"""Columns of the text."""


def text(rows: Iterable[Row]) -> str:
    """For people at a terminal."""
    lines = []
    for row in rows:
        lines.append(f"{row.id}  {row.title} ({_binding(row)})")
        for name, value in (("rules", row.rules), ("components", row.components), ("organisation", (row.organisation,))):
            if any(value):
                start = f"  {name + ':':14}"
                lines += textwrap.wrap(", ".join(value), WIDTH, initial_indent=start, subsequent_indent=" " * 16, break_on_hyphens=False)
        lines.append("")
    return "\n".join([*lines, FOOTER, ""])


def json(rows: Iterable[Row]) -> str:
    """For programs."""
    body = ",\n".join(dumps(dataclasses.asdict(row)) for row in rows)
    return f'{{"schema": {dumps(SCHEMA)},\n"rows": [\n{body}\n],\n"statement": {dumps(FOOTER)}}}\n'


def comma_separated(rows: Iterable[Row]) -> str:
    """For spreadsheets."""
    out = io.StringIO()
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    names = [field.name for field in dataclasses.fields(Row)]
    table.writerow(names)
    for row in rows:
        table.writerow([" ".join(value) if isinstance(value, tuple) else value for value in (getattr(row, name) for name in names)])
    table.writerow(["note", FOOTER, *[""] * (len(names) - 2)])
    return out.getvalue()


def markdown(rows: Iterable[Row]) -> str:
    """For a page of the documentation: the table alone, and what a pass means."""
    lines = ["| 45 CFR | title | rules | components | stays with the organisation |", "|---|---|---|---|---|"]
    for row in rows:
        rules, components = ", ".join(row.rules), ", ".join(row.components)
        lines.append(f"| {row.id} | {row.title} ({_binding(row)}) | {rules} | {components} | {row.organisation} |")
    return "\n".join([*lines, "", FOOTER, ""])


_FORMATS: Mapping[str, Callable[[Iterable[Row]], str]] = {"text": text, "json": json, "csv": comma_separated, "markdown": markdown}


@click.command()
@rule_options
@profile_option("Only the rules that this profile holds; nprm-2025 adds the rows of the proposed rule.  [default: every rule]")
@click.option("--format", "format_", type=click.Choice([*_FORMATS]), default="text", show_default=True, help="Form of the result.")
def matrix(select: tuple[str, ...], ignore: tuple[str, ...], profile: Profile | None, format_: str) -> None:
    """List 45 CFR part 164, subpart C: which rules and components serve each paragraph, and what stays with the organisation."""
    rules = chosen(all_rules(), select, ignore)
    if profile is not None:
        rules = [rule for rule in rules if level_of(rule, Settings(profile=profile)) is not None]
    with result() as out:
        out.write(_FORMATS[format_](rows_of(rules, profile)))


def _binding(row: Row) -> str:
    return row.obligation or row.kind
