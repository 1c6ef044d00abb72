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
CORE_SECONDS = 0.1
COMPONENTS_SECONDS = 0.6

_BARE = "bare Python"
_CORE = "import hipaa_stack"
_PULUMI = "import pulumi"
_COMPONENTS = "import hipaa_components"
_SDKS = "import pulumi, pulumi_aws, pulumi_kubernetes"
_SDK_PARTS = "the parts of these SDKs that the next one uses"
_AWS = "import hipaa_components.aws"
_KUBERNETES = "import hipaa_components.kubernetes"
_BASELINES = {_CORE: _BARE, _PULUMI: _BARE, _COMPONENTS: _PULUMI, _SDKS: _BARE, _SDK_PARTS: _BARE, _AWS: _SDK_PARTS, _KUBERNETES: _PULUMI}
_FOREIGN = {_COMPONENTS: ("pulumi_aws", "pulumi_gcp"), _AWS: ("pulumi_gcp",), _KUBERNETES: ("pulumi_aws", "pulumi_gcp")}
"""SDKs that an import must not load."""


def measure(directory: Path, progress: Callable[[str], None]) -> list[Suite]:
    """Measures every import in a fresh interpreter, in turns."""
    programs = {_BARE: "pass"} | {name: name for name in (_CORE, _PULUMI, _COMPONENTS, _SDKS)}
    programs |= {_SDK_PARTS: _touching(_loaded(_AWS, directory)), _AWS: _AWS, _KUBERNETES: _KUBERNETES}
    runs = {name: partial(seconds, [sys.executable, "-P", "-c", code], plain_environment(), directory) for name, code in programs.items()}
    figures: dict[str, Figure] = {}
    for name, values in in_turns(runs, ROUNDS, progress).items():
        baseline = _BASELINES.get(name)
        figures[name] = Figure(name, Unit.SECONDS, values, figures[baseline] if baseline else None)
    goals = [
        Goal(f"{_CORE} takes less than {CORE_SECONDS} s", Unit.SECONDS, figures[_CORE].median, CORE_SECONDS),
        Goal(f"{_COMPONENTS} takes less than {COMPONENTS_SECONDS} s", Unit.SECONDS, figures[_COMPONENTS].median, COMPONENTS_SECONDS),
    ]
    for name, foreign in _FOREIGN.items():
        found = [module for module in _loaded(name, directory) if module.partition(".")[0] in foreign]
        goals.append(Goal(f"{name} loads nothing of {' or '.join(foreign)}", Unit.MODULES, len(found), 0))
    return [Suite("Imports, each in a fresh interpreter", list(figures.values()), goals)]


def _loaded(program: str, directory: Path) -> list[str]:
    """The modules that are loaded at the end of a program."""
    code = f"{program}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    loaded: list[str] = json.loads(output([sys.executable, "-P", "-c", code], plain_environment(), directory))
    return loaded


def _touching(modules: list[str]) -> str:
    """A program that loads the same parts of the SDKs: they come lazily, when something in them is asked for."""
    sdks = ("pulumi_aws", "pulumi_kubernetes")
    inner = {module.rpartition(".")[0] for module in modules if module.partition(".")[0] in sdks and module.count(".") > 1}
    lines = [f"import {', '.join(('pulumi', *sdks))}", *(f"from {part} import *" for part in sorted(inner))]
    return "\n".join(lines)
