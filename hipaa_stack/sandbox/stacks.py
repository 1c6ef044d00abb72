"""The stacks of a sandbox: a private copy of each stack file, and the stack itself in the private back end.

The user's project is only read. `stacks/<project>/` holds a copy of Pulumi.yaml and the copies of the stack files; every
engine command is pointed at them, because the engine writes into, renames and removes the stack files that it uses.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.project import Project, load
from hipaa_stack.sandbox.vault import SIMULATED_SECRET, Vault

_PROJECT_FILE = "Pulumi.yaml"
_PLACES = ("main", "stackConfigDir", "backend", "resources", "variables", "outputs")
"""Settings of a Pulumi.yaml that mean nothing, or something else, beside the copies."""
_FOREIGN_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt")


class Stacks:
    """The stacks in the sandbox `directory`, made through the engine `pulumi`."""

    def __init__(self, directory: Path, pulumi: Path) -> None:
        self._directory = directory
        self._pulumi = pulumi

    def exists(self, project: str, stack: str) -> bool:
        """Whether the private back end has that stack."""
        folder = self._directory / "backend" / ".pulumi" / "stacks" / project
        return any((folder / f"{stack}{suffix}").exists() for suffix in (".json", ".json.gz", ".json.zst"))

    def configuration(self, project: str, stack: str, source: Path) -> tuple[Path, list[str]]:
        """The private copy of the stack file `source`, and what had to be changed in it, in words.

        The copy is made again only when the source has changed since: commands in the sandbox may have edited it.
        A missing source gives an empty configuration, or leaves the one that the sandbox has.
        """
        home = self.home(project)
        copy, mark = home / f"Pulumi.{stack}.yaml", home / f".{stack}.source"
        digest = hashlib.sha256(source.read_bytes()).hexdigest() if source.is_file() else "none"
        if copy.exists() and (not source.is_file() or (mark.exists() and mark.read_text() == digest)):
            return copy, []
        vault = Vault.open(self._directory)
        content, changes = _own(load(source) if source.is_file() else {}, vault)
        copy.write_text(yaml.safe_dump(content, sort_keys=False))
        mark.write_text(digest)
        return copy, changes

    def create(self, project: str, stack: str, environment: Mapping[str, str]) -> None:
        """Creates the stack in the private back end; its configuration must be there already."""
        self.run(project, ["stack", "init", stack, "--no-select"], environment)

    def run(self, project: str, arguments: list[str], environment: Mapping[str, str]) -> str:
        """Runs one engine command beside the private copies and returns its output; HipaaStackError when it fails."""
        clean = {name: value for name, value in environment.items() if not name.startswith("PULUMI_OPTION_")}
        command = [str(self._pulumi), *arguments]
        run = subprocess.run(
            command, cwd=self.home(project), env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        if run.returncode:
            raise HipaaStackError(f"`pulumi {' '.join(arguments)}` failed in the sandbox: {run.stderr.strip() or run.stdout.strip()}")
        return run.stdout

    def home(self, project: str) -> Path:
        """The directory of the private copies for the project of that name."""
        home = self._directory / "stacks" / project
        if not (home / _PROJECT_FILE).exists():
            _write_project(home, {"name": project, "runtime": "yaml"})
        return home

    def home_of(self, project: Project) -> Path:
        """The directory of the private copies, with the settings that Pulumi.yaml has now."""
        home = self._directory / "stacks" / project.name
        _write_project(home, {key: value for key, value in project.content.items() if key not in _PLACES})
        return home

    def selected(self, project: str) -> str | None:
        """The stack that `pulumi stack select` has chosen in this sandbox."""
        digest = hashlib.sha1(str(self.home(project) / _PROJECT_FILE).encode(), usedforsecurity=False).hexdigest()
        file = self._directory / "pulumi" / "workspaces" / f"{project}-{digest}-workspace.json"
        try:
            settings = json.loads(file.read_text())
        except (OSError, ValueError):
            return None
        names = [*settings.get("stacks", {}).values(), settings.get("stack")]
        return next((short_name(name) for name in names if name), None)


def _write_project(home: Path, content: Mapping[str, Any]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f".{_PROJECT_FILE}.{os.getpid()}"
    draft.write_text(yaml.safe_dump(dict(content), sort_keys=False))
    draft.replace(home / _PROJECT_FILE)


def short_name(stack: str) -> str:
    """`dev` of `organization/project/dev`: a private back end knows no organisations."""
    return stack.rpartition("/")[2]


def environment_stack(environment: Mapping[str, str] = os.environ) -> str | None:
    """The stack that the environment names."""
    named = environment.get("PULUMI_OPTION_STACK") or environment.get("PULUMI_STACK")
    return short_name(named) if named else None


def _own(content: Mapping[str, Any], vault: Vault) -> tuple[dict[str, Any], list[str]]:
    """A stack file for the sandbox's own passphrase, and what had to be changed."""
    replaced: list[str] = []
    own = {key: value for key, value in content.items() if key not in (*_FOREIGN_KEYS, "environment", "config")}
    own["encryptionsalt"] = vault.salt
    config = content.get("config")
    if isinstance(config, dict):
        ciphertext = vault.encrypt(SIMULATED_SECRET)
        own["config"] = {key: _without_foreign_secrets(value, ciphertext, str(key), replaced) for key, value in config.items()}
    changes = []
    if replaced:
        changes.append(f"encrypted values were replaced by a simulated secret: {', '.join(replaced)}")
    if "environment" in content:
        changes.append(f"environments cannot be opened here and were left out: {', '.join(_names(content['environment']))}")
    return own, changes


def _without_foreign_secrets(value: object, ciphertext: str, path: str, replaced: list[str]) -> object:
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            replaced.append(path)
            return {"secure": ciphertext}
        return {key: _without_foreign_secrets(item, ciphertext, f"{path}.{key}", replaced) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_foreign_secrets(item, ciphertext, f"{path}[{index}]", replaced) for index, item in enumerate(value)]
    return value


def _names(environment: object) -> Iterator[str]:
    if isinstance(environment, list):
        for item in environment:
            yield str(next(iter(item), "")) if isinstance(item, dict) else str(item)
    else:
        yield "a definition in the stack file"
