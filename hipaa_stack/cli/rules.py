"""`hipaa-stack rules`: the rules, and what each says about itself."""

from __future__ import annotations

from typing import Any

import click

from hipaa_stack.catalog import CatalogError, catalog
from hipaa_stack.cli._options import chosen, profile_option, rule_options, severity_option
from hipaa_stack.cli._result import result
from hipaa_stack.evaluation import level_of
from hipaa_stack.reports import dumps
from hipaa_stack.rules import PROPOSED_STATUS, Rule, Severity, all_rules
from hipaa_stack.settings import Profile, Settings

SCHEMA = "hipaa-stack/rules/v1"
"""Name and version of the JSON form."""


@click.command()
@rule_options
@profile_option("Only the rules that this profile holds.  [default: every rule]")
@severity_option("--severity", "Only rules of at least this severity.")
@click.option("--cites", metavar="CFR", help="Only rules that give evidence for this paragraph, such as 164.312(b).")
@click.option("--type", "type_", metavar="TEXT", help="Only rules for types whose token holds this text, such as Pod or aws:s3.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the result.")
def rules(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    profile: Profile | None,
    severity: Severity,
    cites: str | None,
    type_: str | None,
    format_: str,
) -> None:
    """List the rules: id, severity, profile and the state that holds when the rule passes.

    Example: hipaa-stack rules --cites '164.312(b)' --type Cluster
    """
    listed = [rule for rule in chosen(all_rules(), select, ignore) if rule.severity >= severity]
    if profile is not None:
        listed = [rule for rule in listed if level_of(rule, Settings(profile=profile)) is not None]
    if cites is not None:
        cited = _entry(cites)
        listed = [rule for rule in listed if any(cite.id == cited for cite in rule.cites)]
    if type_ is not None:
        listed = [rule for rule in listed if any(type_.lower() in token.lower() for token in rule.types)]
    with result() as out:
        if format_ == "json":
            lines = ",\n".join(dumps(record(rule)) for rule in listed)
            out.write(f'{{"schema": {dumps(SCHEMA)},\n"rules": [\n{lines}\n]}}\n')
            return
        width = max((len(rule.id) for rule in listed), default=0)
        for rule in listed:
            out.write(f"{rule.id:{width}}  {rule.severity!s:8}  {rule.profile:11}  {rule.title}\n")
        out.write(f"{len(listed)} rules\n")


def record(rule: Rule) -> dict[str, Any]:
    """A rule as JSON shows it."""
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": str(rule.severity),
        "profile": rule.profile,
        "types": list(rule.types),
        "citations": [{"id": cite.id, "why": cite.why} for cite in rule.cites],
        "proposed": [{"id": proposed, "status": PROPOSED_STATUS} for proposed in rule.proposed],
        "tags": list(rule.tags),
        "why": rule.why,
        "fix": rule.fix,
        "stack": rule.of_stack,
        "remediates": rule.remediates,
    }


def _entry(citation: str) -> str:
    try:
        return catalog()[citation].id
    except CatalogError as error:
        raise click.UsageError(f"--cites: {error}") from None
