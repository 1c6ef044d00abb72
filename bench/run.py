"""Measures what hipaa-stack promises about speed, side by side with what it is built on.

    python bench/run.py [--only checking|imports|policies|previews|startup]… [--json FILE] [--strict]

Every figure is the median of several runs after a warm-up. What is compared is measured in turns, and the ratio is the
median of the ratios of the pairs, so that a busy machine disturbs both sides alike.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import checking
import imports
import policies
import previews
import startup
from figures import Figure, Goal, Suite
from rich.console import Console
from rich.table import Table

import hipaa_components
import hipaa_stack
from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import tools

SUITES = {
    "checking": checking.measure,
    "imports": imports.measure,
    "policies": policies.measure,
    "previews": previews.measure,
    "startup": startup.measure,
}
_DISTRIBUTIONS = ("pulumi", "pulumi-aws", "pulumi-kubernetes", "pydantic")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 when all was measured, 1 when a goal is missed and `--strict` asks for it, 2 when something could not run."""
    parser = argparse.ArgumentParser(description="Measures checks, imports, the policy pack, previews and the start of the sandbox.")
    parser.add_argument("--only", action="append", choices=SUITES, help="measure this; repeatable; default: all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every value there")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is not met")
    options = parser.parse_args(arguments)
    for package in (hipaa_stack, hipaa_components):  # an installed package is compiled
        compileall.compile_dir(package.__path__[0], quiet=2)
    machine = describe_machine()
    started = time.monotonic()
    try:
        suites = [suite for name in options.only or SUITES for suite in _measured(name)]
    except HipaaStackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    machine["load_after"] = os.getloadavg()[0]
    console = Console(width=None if sys.stdout.isatty() else 140)
    _show(console, machine, suites)
    console.print(f"Measured in {time.monotonic() - started:.0f} s.")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, "suites": [suite.to_json() for suite in suites]}, indent=2) + "\n")
    return int(options.strict and not all(goal.met for suite in suites for goal in suite.goals))


def describe_machine() -> dict[str, object]:
    """What the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "engine": tools.engine().version,
        **{name: importlib.metadata.version(name) for name in _DISTRIBUTIONS},
        "load_before": os.getloadavg()[0],
    }


def _measured(name: str) -> Sequence[Suite]:
    def progress(text: str) -> None:
        print(f"{name}: {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="hipaa-stack-bench-") as folder:
        return SUITES[name](Path(folder).resolve(), progress)


def _show(console: Console, machine: dict[str, object], suites: Sequence[Suite]) -> None:
    console.print("Machine: " + ", ".join(f"{name} {value}" for name, value in machine.items()), soft_wrap=True)
    for suite in suites:
        table = Table("", "median", "min", "max", "ratio", "to", title=suite.title, title_justify="left")
        for figure in suite.figures:
            table.add_row(*_row(figure))
        console.print(table)
    for goal in (goal for suite in suites for goal in suite.goals):
        console.print(_verdict(goal), soft_wrap=True, highlight=False)


def _row(figure: Figure) -> tuple[str, ...]:
    numbers = (f"{value:.3g} {figure.unit}" for value in (figure.median, min(figure.values), max(figure.values)))
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return (figure.name, *numbers, ratio, figure.baseline.name if figure.baseline else "")


def _verdict(goal: Goal) -> str:
    return f"{'OK     ' if goal.met else 'NOT MET'}  {goal.name}: {goal.measured:.3g} {goal.unit}"


if __name__ == "__main__":
    sys.exit(main())
