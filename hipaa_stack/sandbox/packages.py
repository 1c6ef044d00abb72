"""Which Pulumi SDKs a Python interpreter sees, and which provider plugin each one asks for.

An SDK carries a `pulumi-plugin.json` beside its code. This file needs the standard library only: it also runs under the
program's own interpreter, which may know nothing of hipaa-stack.
"""

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """The provider plugin that an installed SDK asks for."""

    name: str
    """Of the plugin, such as aws."""
    version: str
    """Of the plugin, without a leading v; empty when the SDK does not say."""
    server: str = ""
    """Download address; empty for the public one."""


def installed(interpreter: Path | None = None) -> list[Package]:
    """The packages that `interpreter` (default: this one) can import, by name; OSError when it does not run."""
    if interpreter is None or interpreter == Path(sys.executable):
        return sorted(_scan(), key=lambda package: package.name)
    run = subprocess.run([interpreter, "-P", __file__], capture_output=True, text=True, check=False)
    if run.returncode:
        raise OSError(f"{interpreter} cannot list its packages: {run.stderr.strip()}")
    return [Package(**fields) for fields in json.loads(run.stdout)]


def _scan() -> Iterator[Package]:
    seen = set()
    for folder in filter(None, sys.path):
        for file in sorted(Path(folder).glob("*/pulumi-plugin.json")):
            try:
                plugin = json.loads(file.read_text())
            except (OSError, ValueError):
                continue
            if not isinstance(plugin, dict) or not plugin.get("resource") or not plugin.get("name") or plugin["name"] in seen:
                continue
            seen.add(plugin["name"])
            version = str(plugin.get("version") or _distribution_version(file.parent.name))
            yield Package(plugin["name"], version.removeprefix("v"), plugin.get("server") or "")


def _distribution_version(module: str) -> str:
    try:
        return importlib.metadata.version(module.replace("_", "-"))
    except importlib.metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    print(json.dumps([asdict(package) for package in installed()]))
