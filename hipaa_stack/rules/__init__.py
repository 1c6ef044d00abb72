"""The rules: one file each, found by walking this package. Organisations add theirs through an entry point.

`catalogue()` is every rule of this release; `organisation_rules()` those of installed packages that name a package
of rules under the entry point group `hipaa_stack.rules`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from hipaa_stack.rules._rule import (
    KEY_CONTROL,
    PROPOSED_STATUS,
    Cite,
    Proposed,
    Rule,
    RuleError,
    Severity,
    rule,
)

__all__ = [
    "ENTRY_POINT_GROUP",
    "KEY_CONTROL",
    "PROPOSED_STATUS",
    "Cite",
    "Proposed",
    "Rule",
    "RuleError",
    "Severity",
    "all_rules",
    "catalogue",
    "organisation_rules",
    "rule",
]

ENTRY_POINT_GROUP = "hipaa_stack.rules"
"""Entry points of this group name packages whose modules hold rules."""


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule of this release, by id."""
    return _unique(rules_in(importlib.import_module(__name__)))


@cache
def organisation_rules() -> tuple[Rule, ...]:
    """The rules of installed packages, by id.

    Raises:
        RuleError: when an entry point cannot be loaded, holds no rule, or repeats an id.
    """
    found: list[Rule] = []
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
            rules = list(rules_in(loaded)) if isinstance(loaded, ModuleType) else []
        except RuleError as error:
            raise RuleError(f"entry point {entry.name} = {entry.value}: {error}") from error
        except Exception as error:
            raise RuleError(f"entry point {entry.name} = {entry.value}: cannot be loaded: {type(error).__name__}: {error}") from error
        if not rules:
            raise RuleError(f"entry point {entry.name} = {entry.value}: holds no rule; accepted: a package whose modules use @rule")
        found += rules
    return _unique(found)


@cache
def all_rules() -> tuple[Rule, ...]:
    """The rules of this release and of installed packages, by id."""
    return _unique([*catalogue(), *organisation_rules()])


def rules_in(package: ModuleType) -> Iterator[Rule]:
    """The rules in a module and, for a package, in every module below it."""
    modules = [package]
    if hasattr(package, "__path__"):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            modules.append(importlib.import_module(info.name))  # noqa: PERF401 - an import is an effect
    for module in modules:
        yield from (value for value in vars(module).values() if isinstance(value, Rule) and value.check.__module__ == module.__name__)


def _unique(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    by_id: dict[str, Rule] = {}
    for each in rules:
        other = by_id.setdefault(each.id, each)
        if other is not each:
            raise RuleError(f"rule {each.id}: defined in {other.check.__module__} and in {each.check.__module__}; accepted: one definition")
    return tuple(by_id[id_] for id_ in sorted(by_id))
