"""The platform that is about to be brought up, out of the files of its Pulumi project, read as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hipaa_stack.errors import HipaaStackError

ZONES = 3
"""Zones of a network whose settings do not say (AwsNetwork)."""

PLATFORM = "platform"
"""Configuration key of the reference program, in the namespace of its project."""


class PlatformError(HipaaStackError):
    """Files of the project that do not say which platform is meant."""


@dataclass(frozen=True)
class Platform:
    """What the files of one stack say. Settings of a shape that is not known count as absent."""

    stack: str
    settings: Mapping[str, Any]
    """The value of `<project>:platform`."""
    region: str | None
    backend: str | None
    """URL of the state back end; None where neither the project nor the environment names one."""
    secrets_provider: str | None
    """`passphrase`, the URL of a key, or None where the back end decides."""
    profile: str | None = None
    """Profile of the AWS configuration that the provider uses (aws:profile)."""
    assumes_role: bool = False
    """Whether the provider takes another role than the caller's (aws:assumeRoles)."""
    state: frozenset[str] = field(default_factory=frozenset)
    """Ids of what the stack made before, out of an exported state."""

    @classmethod
    def read(cls, directory: Path, stack: str, environment: Mapping[str, str] = os.environ) -> Platform:
        """Reads Pulumi.yaml and Pulumi.<stack>.yaml. Raises PlatformError."""
        project = _mapping(directory / "Pulumi.yaml")
        stack = stack.rpartition("/")[2]  # organization/project/stack: the file is named for the last part
        folder = directory / str(project.get("stackConfigDir") or ".")
        file = folder / f"Pulumi.{stack}.yaml"
        if not file.is_file():
            there = ", ".join(sorted(found.name.split(".")[1] for found in folder.glob("Pulumi.*.yaml"))) or "none"
            raise PlatformError(f"{file}: no such file; accepted: a stack of the project: {there}. Name it with --stack")
        said = _mapping(file)
        config, key = _part(said, "config"), f"{project.get('name')}:{PLATFORM}"
        settings = config.get(key)
        if not isinstance(settings, Mapping):
            raise PlatformError(f"{file}: no {key} under config; accepted: a stack of the reference program")
        if _string(settings.get("cluster_name")) is None:
            raise PlatformError(f"{file}: {key}.cluster_name: got {settings.get('cluster_name')!r}; accepted: the name of the cluster")
        defaults = _part(project, "config")
        region = (
            config.get("aws:region")
            or _default(defaults, "aws:region")
            or environment.get("AWS_REGION")
            or environment.get("AWS_DEFAULT_REGION")
        )
        profile = config.get("aws:profile") or _default(defaults, "aws:profile")
        url = environment.get("PULUMI_BACKEND_URL") or _part(project, "backend").get("url")
        named = said.get("secretsprovider")
        provider = "passphrase" if named is None and said.get("encryptionsalt") else named
        return cls(
            stack=stack,
            settings=settings,
            region=_string(region),
            backend=_string(url),
            secrets_provider=_string(provider),
            profile=_string(profile),
            assumes_role=any(config.get(key) for key in ("aws:assumeRole", "aws:assumeRoles", "aws:assumeRoleWithWebIdentity")),
        )

    @property
    def layer(self) -> str:
        """ALL, CLOUD or BASELINE."""
        return str(self.settings.get("layer") or "ALL")

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
        return count if type(count) is int else ZONES

    @property
    def way(self) -> str:
        """The way to the API server that the program takes, in capitals; empty where none is declared."""
        ways = self.at("access")
        first = next(iter(ways), None) if isinstance(ways, list) else None
        declared = next(iter(first), "") if isinstance(first, Mapping) else ""
        return str(self.at("through") or declared).upper()

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


def _part(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = of.get(key)
    return found if isinstance(found, Mapping) else {}


def _default(config: Mapping[str, Any], key: str) -> Any:
    """What a project says for all its stacks: a value, or a mapping with one."""
    found = config.get(key)
    return (found.get("value") or found.get("default")) if isinstance(found, Mapping) else found


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _mapping(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlatformError(f"{file}: no such file; accepted: the directory of a Pulumi project. Name it with --dir") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(f"{file}: cannot be read: {error}") from None
    except (ValueError, RecursionError) as error:  # a date such as 2026-02-31; a thousand brackets
        raise PlatformError(f"{file}: no YAML that can be read: {error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else str(file)
        raise PlatformError(f"{where}: no YAML: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(found, dict):
        raise PlatformError(f"{file}: got {type(found).__name__}; accepted: a mapping")
    return found
