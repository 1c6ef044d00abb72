"""The platform that is about to be brought up, out of the files of its Pulumi project, read as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipaa_stack.doctor._files import PlatformError, mapping_of, part_of
from hipaa_stack.doctor._provider import Provider

ZONES = 3
"""Zones of a network whose settings do not say (AwsNetwork)."""

LAYERS = ("ALL", "CLOUD", "BASELINE")
"""How much of a platform one stack makes (reference program)."""

WAYS = ("ssm", "client_vpn", "runner", "existing")
"""The ways to a private API server (AwsPrivateAccess)."""

PLATFORM = "platform"
"""Configuration key of the reference program, in the namespace of its project."""


@dataclass(frozen=True)
class Platform:
    """What the files of one stack say. Settings of a shape that is not known count as absent."""

    project: str
    stack: str
    settings: Mapping[str, Any]
    """The value of `<project>:platform`."""
    layer: str
    """ALL, CLOUD or BASELINE."""
    region: str | None
    backend: str | None
    """URL of the state back end; None where neither the project nor the environment names one."""
    secrets_provider: str | None
    """`passphrase`, the URL of a key, or None where the back end decides."""
    provider: Provider
    virtualenv: Path | None = None
    """The virtual environment that the program runs in, where the project names one."""
    environments: bool = False
    """Whether Pulumi ESC adds settings and credentials that are in no file."""
    state: Mapping[str, frozenset[str]] | None = None
    """Ids and names of what the stack made before, by type; None where no state is given."""

    @classmethod
    def read(cls, directory: Path, stack: str, environment: Mapping[str, str] = os.environ) -> Platform:
        """Reads Pulumi.yaml and Pulumi.<stack>.yaml. Raises PlatformError."""
        project = mapping_of(directory / "Pulumi.yaml")
        stack = stack.rpartition("/")[2]  # organization/project/stack: the file is named for the last part
        folder = directory / str(project.get("stackConfigDir") or ".")
        file = folder / f"Pulumi.{stack}.yaml"
        if not file.is_file():
            names = sorted(found.name.removeprefix("Pulumi.").removesuffix(".yaml") for found in folder.glob("Pulumi.*.yaml"))
            there = ", ".join(names) or "none"
            raise PlatformError(f"{file}: no such file; accepted: a stack of the project: {there}. Name it with --stack")
        said = mapping_of(file)
        config, defaults = part_of(said, "config"), part_of(project, "config")
        key = f"{project.get('name')}:{PLATFORM}"
        settings = config.get(key)
        if not isinstance(settings, Mapping):
            raise PlatformError(f"{file}: no {key} under config; accepted: a stack of the reference program")
        if _string(settings.get("cluster_name")) is None:
            raise PlatformError(f"{file}: {key}.cluster_name: got {settings.get('cluster_name')!r}; accepted: the name of the cluster")
        layer = settings.get("layer", "ALL")
        if layer not in LAYERS:
            raise PlatformError(f"{file}: {key}.layer: got {layer!r}; accepted: one of {', '.join(LAYERS)}")

        def configured(key: str) -> Any:
            return config.get(key) or _default(defaults, key)

        named = said.get("secretsprovider")
        return cls(
            project=str(project.get("name")),
            stack=stack,
            settings=settings,
            layer=layer,
            region=_string(configured("aws:region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")),
            backend=_string(environment.get("PULUMI_BACKEND_URL") or part_of(project, "backend").get("url")),
            secrets_provider=_string("passphrase" if named is None and said.get("encryptionsalt") else named),
            provider=Provider.of(configured),
            virtualenv=directory / named_env if (named_env := _string(_options(project).get("virtualenv"))) else None,
            environments=bool(said.get("environment")),
        )

    @property
    def holds_patient_data(self) -> bool:
        """Whether its data may be PHI: they are unless the settings say SYNTHETIC, as the program accepts nothing else."""
        return self.settings.get("data_classification") != "SYNTHETIC"

    @property
    def cluster_name(self) -> str:
        """Name of the cluster, and the beginning of the names of what belongs to it."""
        return str(self.settings["cluster_name"])

    @property
    def zones(self) -> int:
        """How many zones the network spans."""
        count = self.at("network", "az_count")
        return int(count) if type(count) is int or (isinstance(count, str) and count.isdecimal()) else ZONES

    @property
    def way(self) -> str:
        """The way to the API server that the program takes, in capitals; empty where none is declared."""
        ways = self.at("access")
        first = next(iter(ways), None) if isinstance(ways, list) else None
        declared = next((way for way in WAYS if first.get(way) is not None), "") if isinstance(first, Mapping) else ""
        return str(self.at("through") or declared).upper()

    @property
    def proxied(self) -> bool:
        """Whether the declared way that exists leads through a proxy."""
        ways = self.at("access")
        paths = [part_of(way, "existing") for way in ways if isinstance(way, Mapping)] if isinstance(ways, list) else []
        return any(path.get("proxy_url") for path in paths)

    def made(self, type_: str) -> frozenset[str]:
        """Ids and names of what the stack made of a type; empty where no state is given."""
        return (self.state or {}).get(type_, frozenset())

    def at(self, *path: str) -> Any:
        """The value at a path of the settings; None where there is none."""
        value: Any = self.settings
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def strings(self, *path: str) -> list[str]:
        """The strings of the list at a path."""
        value = self.at(*path)
        return [item for item in value if isinstance(item, str)] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _options(project: Mapping[str, Any]) -> Mapping[str, Any]:
    return part_of(part_of(project, "runtime"), "options")


def _default(config: Mapping[str, Any], key: str) -> Any:
    """What a project says for all its stacks: a value, or a mapping with one."""
    found = config.get(key)
    return (found.get("value") or found.get("default")) if isinstance(found, Mapping) else found


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
