"""Finds the executables that a sandbox runs: the Pulumi engine, the Kubernetes provider, the local Kubernetes.

They come from two places: what the user has installed (`pulumi` on PATH, provider plugins in PULUMI_HOME) and the test
bed, the binaries that `make testbed` builds into a cache outside of any checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hipaa_stack.errors import HipaaStackError

TESTBED_VARIABLE = "HIPAA_STACK_TESTBED"
"""Directories of the test bed's executables, separated by the path separator; the cache is used without it."""

OLDEST_PULUMI = (3, 249)
"""First engine whose language host protocol the sandbox speaks."""

_HOW_TO_GET_TESTBED = "run `make testbed` in a checkout of hipaa-stack, or set HIPAA_STACK_TESTBED to the directory that holds it"


@dataclass(frozen=True)
class Engine:
    """A Pulumi command line."""

    path: Path
    version: str
    """Without the leading v, such as 3.257.0."""
    python_host: bool
    """Whether the official Python language host lies next to it."""


def cache_directory() -> Path:
    """Where hipaa-stack keeps what it can build again: $HIPAA_STACK_CACHE, or `hipaa-stack` in the user's cache."""
    if own := os.environ.get("HIPAA_STACK_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hipaa-stack"


def testbed_directories() -> list[Path]:
    """The directories that hold the test bed's executables, first wins."""
    value = os.environ.get(TESTBED_VARIABLE)
    return [Path(part) for part in value.split(os.pathsep) if part] if value else [cache_directory() / "testbed" / "bin"]


def find(name: str) -> Path | None:
    """The test bed's executable of that name, or None."""
    candidates = (directory / name for directory in testbed_directories())
    return next((path for path in candidates if path.is_file() and os.access(path, os.X_OK)), None)


def require(name: str, purpose: str) -> Path:
    """The test bed's executable of that name; HipaaStackError that says how to get it."""
    if path := find(name):
        return path
    raise HipaaStackError(f"{name} is missing ({purpose}): {_HOW_TO_GET_TESTBED}")


def engine() -> Engine:
    """The `pulumi` on PATH if it is new enough, otherwise the test bed's; HipaaStackError when there is neither."""
    oldest = ".".join(map(str, OLDEST_PULUMI))
    installed = shutil.which("pulumi")
    version = _pulumi_version(Path(installed)) if installed else None
    if installed and version and _release(version) >= OLDEST_PULUMI:
        return _engine(Path(installed), version)
    if path := find("pulumi"):
        version = _pulumi_version(path)
        if version is None:
            raise HipaaStackError(f"{path} does not run: {_HOW_TO_GET_TESTBED}")
        return _engine(path, version)
    given = f"the pulumi on PATH is {version or 'unusable'}, {oldest} or newer is needed" if installed else "pulumi is missing"
    raise HipaaStackError(f"{given}: install it from https://www.pulumi.com/docs/install/, or {_HOW_TO_GET_TESTBED}")


def kubernetes_provider(version: str) -> Path:
    """An executable of the real Kubernetes provider: the test bed's, or the user's own plugin, best of exactly `version`."""
    if path := find("pulumi-resource-kubernetes"):
        return path
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    plugins = {path.name.partition("-v")[2]: path for path in (home / "plugins").glob("resource-kubernetes-v*") if path.is_dir()}
    for candidate in (version, *sorted(plugins, key=_release, reverse=True)):
        executable = plugins.get(candidate, home) / "pulumi-resource-kubernetes"
        if executable.is_file():
            return executable
    raise HipaaStackError(
        f"pulumi-resource-kubernetes is missing: run `pulumi plugin install resource kubernetes {version}`, or {_HOW_TO_GET_TESTBED}"
    )


def _engine(path: Path, version: str) -> Engine:
    return Engine(path.absolute(), version, (path.resolve().parent / "pulumi-language-python").is_file())


def _pulumi_version(path: Path) -> str | None:
    environment = dict(os.environ, PULUMI_SKIP_UPDATE_CHECK="1")
    try:
        run = subprocess.run([path, "version"], capture_output=True, text=True, check=False, env=environment, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"v?(\d+\.\d+\.\d+\S*)", run.stdout)
    return found[1] if found else None


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
