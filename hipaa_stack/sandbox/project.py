"""A Pulumi project as it lies on disk: what a sandbox must know of it before the engine starts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hipaa_stack.errors import HipaaStackError

SIMULATED_PROVIDERS = ("aws", "gcp")
"""Providers whose clouds are simulated."""

_SUFFIXES = (".json", ".yaml", ".yml")
_RUNTIMES = ("python", "yaml")


@dataclass(frozen=True)
class Project:
    """One Pulumi.yaml."""

    file: Path
    content: Mapping[str, Any]

    @classmethod
    def find(cls, directory: Path) -> Project | None:
        """The project that `directory` belongs to, as the engine finds it: the closest one upwards; None without one."""
        for folder in (directory, *directory.parents):
            for suffix in _SUFFIXES:
                file = folder / f"Pulumi{suffix}"
                if file.is_file():
                    return cls(file, load(file))
        return None

    @property
    def root(self) -> Path:
        """The directory of the project file."""
        return self.file.parent

    @property
    def name(self) -> str:
        """Name of the project; HipaaStackError when it has none."""
        name = self.content.get("name")
        if not isinstance(name, str) or not name:
            raise HipaaStackError(f"{self.file}: a project needs a `name`")
        return name

    @property
    def runtime(self) -> str:
        """Name of the language runtime."""
        return runtime_of(self.content)[0]

    @property
    def runtime_options(self) -> Mapping[str, object]:
        """Options of the language runtime."""
        return runtime_of(self.content)[1]

    @property
    def stacks(self) -> list[str]:
        """Names of the stacks that have a file."""
        middle = len("Pulumi.")
        files = self._stack_directory.glob(f"Pulumi.*{self.file.suffix}") if self._stack_directory.is_dir() else ()
        return sorted(file.name[middle : -len(self.file.suffix)] for file in files if file.is_file())

    def stack_file(self, stack: str) -> Path:
        """Where the configuration of `stack` lies, whether or not it exists."""
        return self._stack_directory / f"Pulumi.{stack}{self.file.suffix}"

    @property
    def local_packages(self) -> list[Path]:
        """Directories of the component packages that the project declares."""
        return [self.root / source for _, source in self._packages() if (self.root / source).is_dir()]

    def refuse_unsupported(self) -> None:
        """Raises HipaaStackError, one sentence, when a sandbox cannot run this project."""
        if self.runtime not in _RUNTIMES:
            raise HipaaStackError(
                f"{self.file}: the sandbox has no {self.runtime or 'nameless'} runtime; it runs Python projects, and YAML projects that use component packages"
            )
        for name in self._own_providers():
            if name in SIMULATED_PROVIDERS:
                raise HipaaStackError(
                    f"{self.file}: `plugins.providers` names an {name} provider of its own, which the sandbox would not simulate: remove that entry"
                )
        for name, source in self._packages():
            if not (self.root / source).is_dir():
                raise HipaaStackError(
                    f"{self.file}: package {name} comes from {source!r}, which the sandbox would have to download: it takes component packages in local directories"
                )
        if self.runtime == "yaml":
            self._refuse_unknown_types()

    def _refuse_unknown_types(self) -> None:
        known = {"pulumi", *(name for name, _ in self._packages()), *self._own_providers()}
        for where, token in self._yaml_types():
            package = token.removeprefix("pulumi:providers:").partition(":")[0]
            if package in (*SIMULATED_PROVIDERS, "kubernetes"):
                missing = f"the sandbox has no schema of the {package} provider; a YAML project can use component packages, a Python project any resource"
            elif package not in known:
                missing = f"the sandbox has no {package} provider; it has those of the component packages under `packages`"
            else:
                continue
            raise HipaaStackError(f"{self.file}: {where} is of type {token}, and {missing}")

    @property
    def _stack_directory(self) -> Path:
        return self.root / str(self.content.get("stackConfigDir") or "")

    def _own_providers(self) -> Iterator[str]:
        plugins = self.content.get("plugins")
        providers = plugins.get("providers") if isinstance(plugins, dict) else None
        for provider in providers if isinstance(providers, list) else ():
            if isinstance(provider, dict):
                yield str(provider.get("name", ""))

    def _packages(self) -> Iterator[tuple[str, str]]:
        """Name and source of the packages that the project declares."""
        packages = self.content.get("packages")
        for name, value in packages.items() if isinstance(packages, dict) else ():
            yield str(name), str(value.get("source", "") if isinstance(value, dict) else value)

    def _yaml_types(self) -> Iterator[tuple[str, str]]:
        """Resource types and functions that a YAML program names: (place, token)."""
        main = self.root / str(self.content.get("main") or "")
        templates = [self.content, *(load(file) for file in sorted(main.glob("Main.y*ml")))]
        for template in templates:
            resources = template.get("resources")
            for name, resource in resources.items() if isinstance(resources, dict) else ():
                if isinstance(resource, dict):
                    yield f"resource {name}", str(resource.get("type", ""))
            for name, function in _functions(template.get("variables")):
                yield f"variable {name}", function


def runtime_of(content: Mapping[str, Any]) -> tuple[str, Mapping[str, object]]:
    """Name and options of the runtime in a Pulumi.yaml or PulumiPlugin.yaml."""
    runtime = content.get("runtime")
    if isinstance(runtime, dict):
        options = runtime.get("options")
        return str(runtime.get("name", "")), options if isinstance(options, dict) else {}
    return str(runtime or ""), {}


def load(file: Path) -> Mapping[str, Any]:
    """A YAML or JSON file that holds a mapping; HipaaStackError when it is unreadable or something else."""
    try:
        text = file.read_text()
        content = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise HipaaStackError(f"{file}: cannot be read: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise HipaaStackError(f"{file}: expected a mapping, found {type(content).__name__}")
    return content


def _functions(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every `fn::invoke` below `value`, with the name of the outermost key."""
    if isinstance(value, dict):
        invoke = value.get("fn::invoke")
        if isinstance(invoke, dict):
            yield name, str(invoke.get("function", ""))
        for key, item in value.items():
            yield from _functions(item, name or str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _functions(item, name)
