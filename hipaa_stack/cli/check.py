"""`hipaa-stack check PATH…`: what the rules say of manifests, previews and states."""

from __future__ import annotations

import datetime as dt
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hipaa_stack.cli._options import chosen, profile_option, rule_options, severity_option
from hipaa_stack.cli._result import result, say
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.evaluation import level_of
from hipaa_stack.reports import FORMATS, Report, write
from hipaa_stack.rules import Rule, Severity, all_rules
from hipaa_stack.settings import Profile, Settings, WaiverFile
from hipaa_stack.sources import read

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="Form of the result.")
@click.option("--out", type=_FILE, metavar="FILE", help="Write the result to this file instead of stdout.")
@rule_options
@profile_option("Which rules are evaluated, instead of what the settings say.  [default: required]")
@click.option("--config", type=_FILE, metavar="FILE", help="Settings: hipaa-stack.yaml.")
@click.option("--waivers", type=_FILE, metavar="FILE", help="More waivers, besides those of the settings.")
@severity_option("--fail-on", "Findings from this severity on make the exit code 1.")
@click.option("--strict", is_flag=True, help="UNKNOWN and advisory findings count as well.")
@click.option("--all", "every_outcome", is_flag=True, help="List what passes and what does not apply too.")
def check(
    paths: tuple[str, ...],
    format_: str,
    out: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    profile: Profile | None,
    config: Path | None,
    waivers: Path | None,
    fail_on: Severity,
    strict: bool,  # noqa: FBT001 - click passes options by name
    every_outcome: bool,  # noqa: FBT001
) -> int:
    """Check Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`, and directories of them.

    PATH is a file, a directory or - for stdin; what a file holds is told by its content. The exit code is 0 when
    nothing counts, 1 with findings, 2 for wrong arguments, 3 when something could not be read or evaluated.

    Example: helm template . | hipaa-stack check -
    """
    settings = _settings(config, waivers, profile, strict=strict)
    rules = _held(chosen(all_rules(), select, ignore), settings, select)
    with _without_garbage_collection():
        return _check(paths, rules, settings, format_, out, fail_on, every_outcome=every_outcome)


def _check(
    paths: tuple[str, ...], rules: list[Rule], settings: Settings, format_: str, out: Path | None, fail_on: Severity, *, every_outcome: bool
) -> ExitCode:
    report = Report.of(read(paths, sys.stdin.buffer), rules, settings, dt.datetime.now(dt.UTC).date(), every_outcome=every_outcome)
    with result(out) as stream:
        write(report, format_, stream)
    for line in (*report.problems, *report.notices):
        say(str(line))
    if report.violated(fail_on):
        return ExitCode.FINDINGS
    return ExitCode.UNREADABLE if report.incomplete else ExitCode.CLEAN


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """What is read lives to the end: to look for garbage in it again and again takes a sixth of the time and finds none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _settings(config: Path | None, waivers: Path | None, profile: Profile | None, *, strict: bool) -> Settings:
    """The settings of the file, changed by what the command line says."""
    settings = Settings.read(config) if config else Settings()
    more = WaiverFile.read(waivers).waivers if waivers else ()
    return settings.model_copy(
        update={
            "profile": profile or settings.profile,
            "strict": strict or settings.strict,
            "waivers": (*settings.waivers, *more),
        }
    )


def _held(rules: list[Rule], settings: Settings, select: tuple[str, ...]) -> list[Rule]:
    """The rules that the profile holds; a rule that was asked for by its id and is not among them is an error."""
    asked = {name.upper() for name in select}
    held = [rule for rule in rules if level_of(rule, settings) is not None]
    missing = [rule for rule in rules if rule.id in asked and rule not in held] if held else rules
    if missing:
        names = ", ".join(f"{rule.id} (--profile {rule.profile})" for rule in missing[:5])
        raise click.UsageError(f"profile {settings.profile} does not hold {names}")
    return held
