"""`hipaa-stack explain ID`: one rule, why it exists, and what it is evidence for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from hipaa_stack.catalog import Entry, catalog
from hipaa_stack.cli._options import near
from hipaa_stack.cli._result import result
from hipaa_stack.cli.rules import record
from hipaa_stack.matrix import title_of
from hipaa_stack.reports import dumps
from hipaa_stack.rules import PROPOSED_STATUS, Rule, all_rules

WIDTH = 100
"""Columns of the text."""


@click.command()
@click.argument("rule_id", metavar="ID")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the result.")
def explain(rule_id: str, format_: str) -> None:
    """Explain the rule ID: why it exists, which paragraphs of the Security Rule it serves, and how to fix a violation.

    Example: hipaa-stack explain K8S-POD-001
    """
    by_id = {rule.id.lower(): rule for rule in all_rules()}
    rule = by_id.get(rule_id.lower())
    if rule is None:
        raise click.UsageError(f"got {rule_id!r}; accepted: the id of a rule, see `hipaa-stack rules`{near(rule_id, by_id)}")
    with result() as out:
        out.write(f"{dumps(record(rule))}\n" if format_ == "json" else "\n".join(_lines(rule)) + "\n")


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}  {rule.title}"
    yield f"severity {rule.severity}, profile {rule.profile}" + (f", tags {', '.join(rule.tags)}" if rule.tags else "")
    yield from _section("Why", rule.why)
    yield from _section("Fix", rule.fix + (" The policy pack can do it." if rule.remediates else ""))
    yield "\nEvidence for"
    for cite in rule.cites:
        entry = catalog()[cite.id]
        yield f"  {cite.id}  {entry.title} ({obligation(entry)})"
        yield from _wrapped(cite.why, "    ")
        yield f"    {cite.url}"
    if rule.proposed:
        yield f"\nWould serve ({PROPOSED_STATUS})"
        yield from (f"  {proposed}  {title_of(proposed)}" for proposed in rule.proposed)
    yield from _section("Judges" + (", together with the other resources of the stack" if rule.of_stack else ""), ", ".join(rule.types))


def obligation(entry: Entry) -> str:
    """How an entry binds, in the regulation's words."""
    return f"{entry.obligation} implementation specification" if entry.obligation else entry.kind.value


def _section(title: str, text: str) -> Iterator[str]:
    yield f"\n{title}"
    yield from _wrapped(text, "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    words = " ".join(text.split())
    return textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
