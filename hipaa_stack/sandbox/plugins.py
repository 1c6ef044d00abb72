"""The provider plugins of a sandbox, laid out in its PULUMI_HOME as the engine expects them.

aws and gcp get a simulated provider, kubernetes the real one. Every other installed SDK gets a plugin that refuses with one
sentence when, and only when, a program uses it.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from hipaa_stack.sandbox import packages, tools
from hipaa_stack.sandbox.packages import Package
from hipaa_stack.sandbox.project import SIMULATED_PROVIDERS

_MODULE = "hipaa_stack.sandbox"


def simulated() -> dict[str, str]:
    """Versions of the simulated providers: those of the SDKs that this interpreter sees."""
    return {package.name: package.version for package in packages.installed() if package.name in SIMULATED_PROVIDERS}


def provide(home: Path, wanted: Iterable[Package], *, any_version: bool = False) -> None:
    """Makes a plugin in PULUMI_HOME `home` for every package that has none there.

    With `any_version` the simulated providers serve the wanted versions as well as their own: a state may have been
    written by older ones.
    """
    versions: dict[str, str] | None = None
    for package in wanted:
        executable = home / "plugins" / f"resource-{package.name}-v{package.version}" / f"pulumi-resource-{package.name}"
        if not package.version or os.path.lexists(executable):
            continue
        executable.parent.mkdir(parents=True, exist_ok=True)
        if package.name == "kubernetes":
            executable.symlink_to(tools.kubernetes_provider(package.version))
            continue
        versions = simulated() if versions is None else versions
        if versions.get(package.name) == package.version or (any_version and package.name in versions):
            write_script(executable, [f"{_MODULE}.provider", package.name])
        else:
            write_script(executable, [f"{_MODULE}.refusal", package.name, package.version, versions.get(package.name, "")])


def provide_language_host(home: Path, version: str) -> None:
    """Makes our Python language host known to an engine of that version."""
    executable = home / "plugins" / f"language-python-v{version}" / "pulumi-language-python"
    executable.parent.mkdir(parents=True, exist_ok=True)
    write_script(executable, [f"{_MODULE}.language_host"])


def write_script(path: Path, module: Sequence[str]) -> None:
    """An executable that runs a module of this interpreter with the given first arguments.

    -P keeps the current directory, which is the user's project, out of the module search. Byte code is not kept back here:
    only what belongs to hipaa-stack is imported.
    """
    command = shlex.join([sys.executable, "-P", "-m", *module])
    path.write_text(f'#!/bin/sh\nunset PYTHONDONTWRITEBYTECODE\nexec {command} "$@"\n')
    path.chmod(0o755)
