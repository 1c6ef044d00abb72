"""`hipaa-stack doctor`: a look, without a change, at what a platform needs before it is brought up for real."""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import click

from hipaa_stack.cli._result import result
from hipaa_stack.cli.exit_codes import ExitCode
from hipaa_stack.doctor import Finding, Platform, examine, made_by
from hipaa_stack.evaluation import Outcome
from hipaa_stack.reports import printable

SCHEMA = "hipaa-stack/doctor/v1"
_DIRECTORY = click.Path(file_okay=False, exists=True, path_type=Path)
_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_LABELS = {Outcome.NOT_APPLICABLE: "n/a"}


@click.command()
@click.option("--stack", required=True, metavar="NAME", help="The stack that is to be brought up.")
@click.option("--dir", "directory", type=_DIRECTORY, default=".", show_default=True, help="The directory of the Pulumi project.")
@click.option("--state", type=_FILE, metavar="FILE", help="What the stack made before, of `pulumi stack export`.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True, help="Form of the result.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the result to this file.")
@click.option("--strict", is_flag=True, help="What could not be seen counts as a failure.")
def doctor(
    stack: str,
    directory: Path,
    state: Path | None,
    format_: str,
    out: Path | None,
    strict: bool,  # noqa: FBT001 - click passes options by name
) -> int:
    """Look at what a platform on AWS needs before `pulumi up`: programs, state, secrets provider, account, quotas.

    Every call is a read, with the credentials that the AWS CLI would use; without any, what they would show is unknown. The
    exit code is 0 without a failure, 1 with one, 2 for wrong arguments, 3 when something broke.

    Example: hipaa-stack doctor --stack small-production
    """
    platform = Platform.read(directory, stack)
    if state is not None:
        platform = dataclasses.replace(platform, state=made_by(state, platform.project, platform.stack))
    findings = examine(platform, os.environ)
    with result(out) as stream:
        stream.write(_json(platform, findings) if format_ == "json" else _text(platform, findings))
    outcomes = {finding.outcome for finding in findings}
    if Outcome.FAIL in outcomes or (strict and Outcome.UNKNOWN in outcomes):
        return ExitCode.FINDINGS
    return ExitCode.UNREADABLE if Outcome.ERROR in outcomes else ExitCode.CLEAN


def _text(platform: Platform, findings: list[Finding]) -> str:
    lines = [f"stack {platform.stack}, layer {platform.layer}, cluster {platform.cluster_name}", ""]
    width = max(len(finding.check) for finding in findings)
    for finding, following in zip(findings, [*findings[1:], None], strict=True):
        label = _LABELS.get(finding.outcome, finding.outcome.value).upper()
        lines.append(f"{label:8} {finding.check:{width}}  {printable(finding.message)}")
        if finding.fix and not (following and following.fix == finding.fix):  # once for all that it fixes
            lines.append(f"{'':8} {'':{width}}  fix: {printable(finding.fix)}")
    counts = Counter(finding.outcome for finding in findings)
    lines += ["", ", ".join(f"{counts[outcome]} {outcome.value.replace('_', ' ')}" for outcome in Outcome)]
    lines += ["A pass is what was seen at this moment, not a promise that AWS will accept the deployment."]
    return "\n".join(lines) + "\n"


def _json(platform: Platform, findings: list[Finding]) -> str:
    counts = Counter(finding.outcome for finding in findings)
    report: dict[str, Any] = {
        "schema": SCHEMA,
        "stack": platform.stack,
        "layer": platform.layer,
        "summary": {outcome.value: counts[outcome] for outcome in Outcome},
        "findings": [dataclasses.asdict(finding) for finding in findings],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"
