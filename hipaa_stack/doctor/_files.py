"""Files of a Pulumi project and of its state, read as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hipaa_stack.errors import HipaaStackError


class PlatformError(HipaaStackError):
    """Files that do not say which platform is meant, or what it made."""


def mapping_of(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file. Raises PlatformError."""
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


def made_by(file: Path, project: str, stack: str) -> dict[str, frozenset[str]]:
    """Ids and names of what an exported state holds, by type. Raises PlatformError, for a state of another stack too."""
    made: dict[str, set[str]] = {}
    try:
        for item in json.loads(file.read_text(encoding="utf-8"))["deployment"].get("resources") or []:
            beginning, of, *_ = item["urn"].split("::")
            if (beginning, of) != (f"urn:pulumi:{stack}", project):
                raise PlatformError(f"{file}: the state of {of}/{beginning.rpartition(':')[2]}; accepted: that of {project}/{stack}")
            if item.get("external"):  # read by the stack, made by others
                continue
            names = (item.get("id"), (item.get("outputs") or {}).get("name"))
            made.setdefault(item["type"], set()).update(name for name in names if isinstance(name, str))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PlatformError(f"{file}: not a state; accepted: what `pulumi stack export` writes") from None
    return {type_: frozenset(names) for type_, names in made.items()}


def part_of(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The mapping under a key; an empty one where there is none."""
    found = of.get(key)
    return found if isinstance(found, Mapping) else {}
