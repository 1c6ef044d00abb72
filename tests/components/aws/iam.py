"""Decides as IAM does whether a request passes: an explicit refusal wins, what nothing allows is refused.

Knows what the policies here use: actions and resources with `*`, NotAction, and the conditions of OPERATORS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

SNAPSHOTS = Path(__file__).parent / "__snapshots__"

OPERATORS = {
    "StringEquals": lambda given, expected: given in expected,
    "StringNotEquals": lambda given, expected: given not in expected,
    "ArnEquals": lambda given, expected: any(_like(given, pattern) for pattern in expected),
    "Bool": lambda given, expected: given in expected,
}


def allows(policies: Iterable[str], action: str, resource: str, **context: str) -> bool:
    """Whether the policies together allow the request; `iam__PassedToService` stands for the key `iam:PassedToService`."""
    known = {key.replace("__", ":"): value for key, value in context.items()}
    statements = [statement for policy in policies for statement in json.loads(policy)["Statement"]]
    effects = {statement["Effect"] for statement in statements if _applies(statement, action, resource, known)}
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]) -> bool:
    if "NotAction" in statement:
        meant = not any(_like(action.lower(), pattern.lower()) for pattern in _listed(statement["NotAction"]))
    else:
        meant = any(_like(action.lower(), pattern.lower()) for pattern in _listed(statement["Action"]))
    return meant and any(_like(resource, pattern) for pattern in _listed(statement["Resource"])) and _holds(statement, context)


def _holds(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """A key that the request does not have fails every condition, except a negated one."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, expected in keys.items():
            given = context.get(key)
            if given is None:
                if operator != "StringNotEquals":
                    return False
            elif not OPERATORS[operator](given, _listed(expected)):
                return False
    return True


def _like(text: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text) is not None


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def size(policy: str) -> int:
    """The characters that IAM counts: all but whitespace (IAM user guide, quotas)."""
    return len(re.sub(r"\s", "", policy))


def snapshots() -> dict[str, dict[str, Any]]:
    """Name of the component -> everything that its snapshots hold, `type name` -> inputs and options."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(SNAPSHOTS.glob("*/*.json")):
        whole = json.loads(file.read_text())
        registered = whole.get("registered", whole)
        component = next((key.split()[0].rpartition(":")[2] for key in registered if _is_of(key, file)), "")
        found.setdefault(component, {}).update({f"{key} ({file.stem})": item for key, item in registered.items()})
    return found


def _is_of(key: str, file: Path) -> bool:
    """Whether a registration is that of the component that the file of tests is about: `test_eks_addons` for `EksAddons`."""
    name = file.parent.name.removeprefix("test_").replace("_", "")
    return key.startswith("hipaa:index:") and key.split(maxsplit=1)[0].rpartition(":")[2].lower() in (name, f"aws{name}")
