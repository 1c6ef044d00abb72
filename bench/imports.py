"""How long imports take, next to those of the SDKs that they need."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from figures import Figure, Goal, Suite, Unit, in_turns
from processes import output, plain_environment, seconds

ROUNDS = 11

_BARE = "bare Python"
_CORE = "import hipaa_stack"
_PULUMI = "import pulumi"
_COMPONENTS = "import hipaa_components"
_SDKS = "import pulumi, pulumi_aws, pulumi_kubernetes"
_AWS = "import hipaa_components.aws"
_KUBERNETES = "import hipaa_components.kubernetes"
_BASELINES = {_CORE: _BARE, _PULUMI: _BARE, _COMPONENTS: _PULUMI, _SDKS: _BARE, _AWS: _SDKS, _KUBERNETES: _PULUMI}
_LIMITS = {_CORE: 0.1, _COMPONENTS: 0.6, _AWS: 0.6}
"""Seconds that an import may take."""
_FOREIGN = {_COMPONENTS: ("pulumi_aws", "pulumi_gcp"), _AWS: ("pulumi_gcp",), _KUBERNETES: ("pulumi_aws", "pulumi_gcp")}
"""SDKs that an import must not load."""


def measure(directory: Path, progress: Callable[[str], None]) -> list[Suite]:
    """Measures every import in a fresh interpreter, in turns."""
    python = [sys.executable, "-P", "-c"]
    programs = {_BARE: "pass"} | {name: name for name in _BASELINES}
    runs = {name: partial(seconds, [*python, code], plain_environment(), directory) for name, code in programs.items()}
    figures: dict[str, Figure] = {}
    for name, values in in_turns(runs, ROUNDS, progress).items():
        baseline = _BASELINES.get(name)
        figures[name] = Figure(name, Unit.SECONDS, values, figures[baseline] if baseline else None)
    goals = [Goal(f"{name} takes at most {limit} s", Unit.SECONDS, figures[name].median, limit) for name, limit in _LIMITS.items()]
    for name, foreign in _FOREIGN.items():
        found = [module for module in _loaded(name, directory) if module.partition(".")[0] in foreign]
        goals.append(Goal(f"{name} loads nothing of {' or '.join(foreign)}", Unit.MODULES, len(found), 0))
    return [Suite("Imports, each in a fresh interpreter", list(figures.values()), goals)]


def _loaded(program: str, directory: Path) -> list[str]:
    """The modules that are loaded at the end of a program."""
    code = f"{program}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    loaded: list[str] = json.loads(output([sys.executable, "-P", "-c", code], plain_environment(), directory))
    return loaded
