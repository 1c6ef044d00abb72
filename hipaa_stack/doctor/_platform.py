"""The platform that is about to be brought up, out of the files of its Pulumi project, read as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hipaa_stack.errors import HipaaStackError

KEY = "hipaa-platform:platform"


class PlatformError(HipaaStackError):
    """Files of the project that do not say which platform is meant."""


@dataclass(frozen=True)
class Platform:
    """What the files of one stack say. Settings of a shape that is not known count as absent."""

    stack: str
    settings: Mapping[str, Any]
    """The value of `hipaa-platform:platform`."""
    region: str | None
    backend: str | None
    """URL of the state back end; None where neither the project nor the environment names one."""
    secrets_provider: str | None
    """`passphrase`, the URL of a key, or None where the back end decides."""
    state: frozenset[str] = field(default_factory=frozenset)
    """Ids of what the stack made before, out of an exported state."""

    @classmethod
    def read(cls, directory: Path, stack: str, environment: Mapping[str, str] = os.environ) -> Platform:
        """Reads Pulumi.yaml and Pulumi.<stack>.yaml. Raises PlatformError."""
        project = _mapping(directory / "Pulumi.yaml")
        folder = directory / str(project.get("stackConfigDir") or ".")
        file = folder / f"Pulumi.{stack}.yaml"
        if not file.exists():
            there = ", ".join(sorted(found.name.split(".")[1] for found in folder.glob("Pulumi.*.yaml"))) or "none"
            raise PlatformError(f"{file}: no such file; accepted: a stack of the project: {there}. Name it with --stack")
        said = _mapping(file)
        config = said.get("config") or {}
        settings = config.get(KEY) if isinstance(config, Mapping) else None
        if not isinstance(settings, Mapping):
            raise PlatformError(f"{file}: no {KEY} under config; accepted: a stack of the reference program")
        region = config.get("aws:region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        backend = project.get("backend")
        url = environment.get("PULUMI_BACKEND_URL") or (backend.get("url") if isinstance(backend, Mapping) else None)
        key = said.get("secretsprovider")
        key = key if isinstance(key, str) else None
        provider = "passphrase" if key == "passphrase" or (key is None and said.get("encryptionsalt")) else key
        return cls(stack, settings, region if isinstance(region, str) else None, url, provider)

    @property
    def layer(self) -> str:
        """ALL, CLOUD or BASELINE."""
        return str(self.settings.get("layer") or "ALL")

    @property
    def holds_patient_data(self) -> bool:
        """Whether its data are PHI, as they are unless the settings say otherwise."""
        return bool(self.settings.get("data_classification", "PHI") == "PHI")

    @property
    def cluster_name(self) -> str:
        """Name of the cluster; empty without one."""
        return str(self.settings.get("cluster_name") or "")

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


def _mapping(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlatformError(f"{file}: no such file; accepted: the directory of a Pulumi project. Name it with --dir") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(f"{file}: cannot be read: {error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else str(file)
        raise PlatformError(f"{where}: no YAML: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(found, dict):
        raise PlatformError(f"{file}: got {type(found).__name__}; accepted: a mapping")
    return found
