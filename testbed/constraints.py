"""Writes constraints.txt: every package of every extra, of development and of the build, with its version and hashes.

    .venv/bin/python testbed/constraints.py              what pyproject.toml asks for, keeping versions that still serve
    .venv/bin/python testbed/constraints.py --upgrade    the newest of everything

Run it on the oldest Python that is supported: a package may then be missing for a newer one only, and
`pip install --require-hashes` says so. The file names no package index.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TARGET = CHECKOUT / "constraints.txt"
HEADER = "# Written by `make constraints` from pyproject.toml, for Python 3.11 to 3.14. Do not edit.\n"


def requirements() -> list[str]:
    """Everything that pyproject.toml asks for, without the extras' references to each other."""
    pyproject = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    project = pyproject["project"]
    lists = [
        pyproject["build-system"]["requires"],
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *pyproject["dependency-groups"].values(),
    ]
    return sorted({line for lines in lists for line in lines if not line.startswith(project["name"])})


def main() -> int:
    """Resolves with pip-compile, which reads the versions to keep from the file that it replaces."""
    oldest = (3, 11)
    if sys.version_info[:2] != oldest:
        print(f"constraints: run it with Python 3.11 (make PYTHON=python3.11 constraints), not {sys.version.split()[0]}", file=sys.stderr)
        return 1
    options = ["--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header"]
    options += ["--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options"]
    command = [sys.executable, "-m", "piptools", "compile", *options, *sys.argv[1:], "--output-file", str(TARGET), "-"]
    status = subprocess.run(command, input="\n".join(requirements()), text=True, cwd=CHECKOUT, check=False).returncode
    if status:
        print("constraints: not resolved (pip-compile says why above); constraints.txt is as it was", file=sys.stderr)
        return status
    TARGET.write_text(HEADER + TARGET.read_text().replace("-r -", "pyproject.toml"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
