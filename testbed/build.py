"""Builds the programs that the sandbox and the tests run: the Pulumi engine, a Kubernetes API server and their helpers.

    python testbed/build.py              build what is missing of the default groups
    python testbed/build.py GROUP ...    build these groups
    python testbed/build.py --list       the groups, and what is built
    python testbed/build.py --path       the folders of the built programs, joined as in PATH

`binaries.toml` says what is built; the go.mod and go.sum beside it say from what. Results lie outside the checkout in
`<cache>/testbed/<group>-<hash>/`, one folder for each state of those files, and appear there complete or not at all.
`<cache>/testbed/bin` has links to the last build of every program. Needs Python 3.11 or newer and nothing installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from _cache import cache_root, exclusive, say
from _steps import SetupError, StepFailedError, main_program, run

HERE = Path(__file__).resolve().parent
MINIMUM_GO = (1, 26)
MINIMUM_PULUMI = (3, 249)
INSTALL_GO = "Install Go 1.26 or newer (https://go.dev/doc/install), then run the same command again."
RESUME = "Run the same command again: what is downloaded and compiled is kept, and the build resumes at this step."


@dataclass(frozen=True)
class Binary:
    """A program that `go build` makes."""

    name: str
    package: str
    flags: Sequence[str] = ()


@dataclass(frozen=True)
class Script:
    """A file that a Go module carries ready to run, or a folder that it carries ready to read."""

    name: str
    module: str
    path: str


@dataclass(frozen=True)
class Group:
    """Programs that share one go.mod: one table of binaries.toml."""

    name: str
    what: str
    minutes: int
    default: bool
    binaries: Sequence[Binary]
    scripts: Sequence[Script]

    @property
    def names(self) -> list[str]:
        """The names of all the group's programs."""
        return [binary.name for binary in self.binaries] + [script.name for script in self.scripts]

    @property
    def sources(self) -> list[Path]:
        """go.mod, go.sum and the group's own Go files."""
        folder = HERE / self.name
        return [folder / "go.mod", folder / "go.sum", *sorted(folder.glob("*.go"))]

    @cached_property
    def folder(self) -> Path:
        """Where the built programs lie: complete as soon as it exists."""
        digest = hashlib.sha256()
        recipe = [[vars(binary) for binary in self.binaries], [vars(script) for script in self.scripts]]
        digest.update(json.dumps([recipe, platform.system(), platform.machine()], sort_keys=True).encode())
        for source in self.sources:
            content = source.read_bytes()
            digest.update(f"\n{source.name} {len(content)}\n".encode() + content)
        return _home() / f"{self.name}-{digest.hexdigest()[:12]}"

    @property
    def built(self) -> bool:
        """Whether nothing is left to do."""
        return self.folder.is_dir()


def read_table() -> dict[str, Group]:
    """The groups of binaries.toml by name, in the order of the file."""
    table = tomllib.loads((HERE / "binaries.toml").read_text())
    return {
        name: Group(
            name=name,
            what=row["what"],
            minutes=row["minutes"],
            default=row["default"],
            binaries=[Binary(**binary) for binary in row["binaries"]],
            scripts=[Script(**script) for script in row.get("scripts", [])],
        )
        for name, row in table.items()
    }


def main() -> None:
    """Does what the command line asks for."""
    arguments = _parse()
    groups = read_table()
    if unknown := [name for name in arguments.groups if name not in groups]:
        raise SetupError(f"no group is called {', '.join(unknown)}; the groups are {', '.join(groups)}")
    if arguments.list:
        for group in groups.values():
            state = "built" if group.built else f"about {group.minutes} min" + ("" if group.default else ", on request")
            print(f"{group.name:20} {state:24} {group.what}")
        return
    chosen = [groups[name] for name in arguments.groups] or [group for group in groups.values() if group.default]
    own_pulumi = None if arguments.groups else _installed_pulumi()
    if own_pulumi:
        chosen = [group for group in chosen if group.name != "pulumi"]
    if arguments.path:
        requested = [group for group in groups.values() if not group.default and group.built and group not in chosen]
        print(os.pathsep.join(str(group.folder) for group in [*chosen, *requested]))
        return
    if own_pulumi:
        say(f"pulumi: {own_pulumi} on PATH is used, none is built")
    build(chosen, own_pulumi)


def build(groups: Sequence[Group], own_pulumi: str | None) -> None:
    """Makes the groups that are missing, and links the programs of all of them."""
    missing = [group for group in groups if not group.built]
    go = _find_go(missing, own_pulumi) if missing else ""
    for group in groups:
        if group.built:
            say(f"{group.name}: cached")
        else:
            with exclusive(_home() / f".{group.name}.lock", group.name):
                if group.built:
                    say(f"{group.name}: built meanwhile by the other process")
                else:
                    _build_group(group, go)
        _link(group)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="testbed/build.py", description="Builds the programs that the sandbox and the tests run.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="what to build; without one, the default groups")
    parser.add_argument("--list", action="store_true", help="show the groups and what is built")
    parser.add_argument("--path", action="store_true", help="print the folders of the programs, for HIPAA_STACK_TESTBED")
    return parser.parse_args()


def _home() -> Path:
    return cache_root() / "testbed"


def _build_group(group: Group, go: str) -> None:
    """Builds into a draft folder beside the final one and renames it; the caller holds the group's lock."""
    say(f"{group.name}: building {', '.join(group.names)} ({group.what}); about {group.minutes} min when nothing is cached")
    started = time.monotonic()
    draft = _home() / f".{group.name}.draft"
    # Under the lock, a draft that exists belongs to a process that was killed.
    shutil.rmtree(draft, ignore_errors=True)
    try:
        sources, results = draft / "sources", draft / "results"
        sources.mkdir(parents=True)
        results.mkdir()
        for source in group.sources:
            shutil.copy(source, sources)
        for binary in group.binaries:
            _go(
                go,
                ["build", "-v", *binary.flags, "-o", str(results / binary.name), binary.package],
                sources,
                f"{group.name} ({binary.name})",
            )
        for script in group.scripts:
            _copy_script(go, script, sources, results, group)
        results.rename(group.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    say(f"{group.name}: built in {time.monotonic() - started:.0f} s")


def _copy_script(go: str, script: Script, sources: Path, results: Path, group: Group) -> None:
    label = f"{group.name} ({script.name})"
    # A build that found everything compiled has not fetched the module itself.
    _go(go, ["mod", "download", script.module], sources, label)
    folder = _go(go, ["list", "-m", "-f", "{{.Dir}}", script.module], sources, label).strip()
    source = Path(folder, script.path)
    result = results / script.name
    if folder and source.is_dir():
        shutil.copytree(source, result, copy_function=shutil.copyfile)
        for copied in (result, *result.rglob("*/")):
            copied.chmod(0o755)  # the module cache is read-only, and so would its copy be
    elif folder and source.is_file():
        shutil.copyfile(source, result)
        result.chmod(0o755)
    else:
        raise SetupError(f"{label}: module {script.module} has no {script.path}; binaries.toml must name one that exists")


def _link(group: Group) -> None:
    """Points `<cache>/testbed/bin/<name>` at the group's programs; each link changes in one step."""
    shelf = _home() / "bin"
    shelf.mkdir(exist_ok=True)
    for name in group.names:
        target = os.path.join("..", group.folder.name, name)  # noqa: PTH118 - relative, so that the cache can be moved
        link = shelf / name
        if not link.is_symlink() or os.readlink(link) != target:  # noqa: PTH115 - compared as written
            draft = shelf / f".{name}.{os.getpid()}"
            draft.unlink(missing_ok=True)
            draft.symlink_to(target)
            draft.replace(link)


def _go(go: str, arguments: Sequence[str], directory: Path, label: str) -> str:
    """Runs go on a group's sources; a failure becomes one message that names the step, its cause and the way on."""
    environment = {key: value for key, value in os.environ.items() if key not in {"GOOS", "GOARCH"}}
    # The modules are exactly those of go.sum, and no workspace or checkout around the sources has a say.
    environment |= {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
    # An interrupted go leaves its temporary folder behind; in the draft it goes with the draft.
    environment["GOTMPDIR"] = str(directory)
    try:
        return run([go, *arguments], label=label, measure=_progress, environment=environment, directory=directory)
    except StepFailedError as error:
        cause, remedy = _diagnosis(error)
        raise SetupError(f"{label}: {cause}\n{error.tail}\n  {remedy}") from error


def _progress(lines: Sequence[str]) -> str:
    """`go build -v` prints a line for each module it downloads and the name of each package it compiles."""
    modules = sum(line.startswith("go: downloading ") for line in lines)
    packages = sum(not line.startswith("go: ") for line in lines)
    return f"{modules} modules downloaded, {packages} packages compiled"


def _diagnosis(error: StepFailedError) -> tuple[str, str]:
    """What went wrong, and what to do about it."""
    if error.says("no space left on device"):
        return "the disk is full. Go said:", f"Make room in the folders that `go env GOCACHE GOMODCACHE` names. {RESUME}"
    if error.says("signal: killed", "cannot allocate memory"):
        return (
            "the compiler was killed, as happens when memory runs out. Go said:",
            f"With GOMAXPROCS=1 in the environment it needs less. {RESUME}",
        )
    if error.says("(running go "):
        return "this Go is older than a module asks for. Go said:", INSTALL_GO.replace("Go 1.26 or newer", "the Go that it asks for")
    if error.network:
        return "the network, or the Go module proxy that this machine uses, does not answer. Go said:", RESUME
    return "go ended with an error:", "testbed/ says what is built; `git status testbed` shows whether it is as it was committed."


def _find_go(missing: Sequence[Group], own_pulumi: str | None) -> str:
    """The go program, of a version that serves; SetupError says what is missing and what to install."""
    go = shutil.which("go")
    if go is None:
        lines = [f"no `go` on PATH{'' if own_pulumi else ', and no `pulumi` either'}; it is needed to build"]
        lines += [f"    {group.name:20} {group.what}" for group in missing]
        if own_pulumi:
            lines.append(f"  pulumi {own_pulumi} on PATH is enough for stacks in a cloud; the demo and the tests need these too.")
        raise SetupError("\n".join([*lines, f"  {INSTALL_GO}"]))
    answer = subprocess.run(
        [go, "version"], cwd=HERE, env={**os.environ, "GOTOOLCHAIN": "local"}, capture_output=True, text=True, check=False
    )
    version = _version(answer.stdout)
    if version is None:
        raise SetupError(f"{go} does not say its version ({(answer.stdout + answer.stderr).strip()}).\n  {INSTALL_GO}")
    if version < MINIMUM_GO:
        raise SetupError(f"Go {_dotted(version)} ({go}) is too old.\n  {INSTALL_GO}")
    return go


def _installed_pulumi() -> str | None:
    """The version of a `pulumi` on PATH that can stand in for ours: new enough and not itself from the cache."""
    home = str(_home())
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if not folder.startswith(home)]
    program = shutil.which("pulumi", path=os.pathsep.join(folders))
    if program is None:
        return None
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run([program, "version"], env=environment, capture_output=True, text=True, check=False)
    version = _version(answer.stdout)
    return _dotted(version) if version and version >= MINIMUM_PULUMI else None


def _version(text: str) -> tuple[int, ...] | None:
    found = re.search(r"\b(?:go|v)?(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in found.groups() if part) if found else None


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)


if __name__ == "__main__":
    sys.exit(main_program(main, "testbed"))
