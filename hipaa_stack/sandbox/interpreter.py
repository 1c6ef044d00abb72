"""Which Python runs a program or a plugin: the one that its runtime options name, otherwise the one that runs hipaa-stack."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from hipaa_stack.errors import HipaaStackError


def of_project(root: Path, options: Mapping[str, object]) -> Path:
    """The interpreter for a project in `root` with the runtime options `options` (`virtualenv`, `toolchain`).

    Raises HipaaStackError when the options name an environment that is not there.
    """
    virtualenv, toolchain = options.get("virtualenv"), options.get("toolchain")
    if isinstance(virtualenv, str) and virtualenv:
        return _inside(root / Path(virtualenv).expanduser(), f"the runtime option `virtualenv: {virtualenv}`")
    if toolchain == "uv":
        return _inside(root / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv"), "the runtime option `toolchain: uv`")
    if toolchain == "poetry":
        return _inside(_poetry_environment(root), "the runtime option `toolchain: poetry`")
    return Path(sys.executable)


def _inside(environment: Path, reason: str) -> Path:
    python = environment / "bin" / "python"
    if not python.exists():
        raise HipaaStackError(
            f"{environment}: no Python environment there, but {reason} asks for it: create it, and install the requirements in it"
        )
    return python.absolute()


def _poetry_environment(root: Path) -> Path:
    try:
        run = subprocess.run(["poetry", "env", "info", "--path"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise HipaaStackError(
            f"{root}: `poetry env info --path` failed ({error}), but the runtime option `toolchain: poetry` asks for it"
        ) from error
    return Path(run.stdout.strip())
