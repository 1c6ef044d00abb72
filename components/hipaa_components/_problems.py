"""What can be wrong with one value, and the checks that say so.

A rule takes a value and returns a Problem, or None when the value is accepted. `_cidr = check("cidr", rule, …)`
attaches rules to a field of an args model. Outputs and awaitables pass: their values are not known yet.
"""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pulumi
from pydantic import field_validator

UNSET: Final = object()
"""Stands for: the value that the field was given."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that cannot be accepted."""

    accepted: str
    """What is accepted instead."""
    fix: str = ""
    """How to fix it, or why it matters, as a sentence."""
    field: str = ""
    """Where, relative to the field or model that was checked: `subnet_ids`, `[2]`, `node_groups[0].min_size`."""
    got: object = UNSET
    """The value, where it is not the whole field."""


class Problems(ValueError):  # noqa: N818 - carries problems through pydantic; what a user sees is ArgsError
    """Carries problems out of a pydantic validator."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keeps the problems in order."""
        super().__init__("not accepted")
        self.problems = tuple(problems)


Rule = Callable[[Any], Problem | None]


def check(field: str, *rules: Rule) -> Any:
    """A pydantic validator that applies rules to one field; a model keeps it as a private class attribute."""

    def validate(value: Any) -> Any:
        if not is_unknown(value) and (problems := [problem for rule in rules if (problem := rule(value))]):
            raise Problems(problems)
        return value

    return field_validator(field)(validate)


def is_unknown(value: object) -> bool:
    """True for values that only the engine will know."""
    return isinstance(value, pulumi.Output | Awaitable)


def matches(pattern: str, accepted: str, fix: str = "") -> Rule:
    """Accepts strings that match the whole pattern."""
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value) else Problem(accepted, fix)


def between(low: float, high: float, fix: str = "") -> Rule:
    """Accepts numbers from `low` to `high`, both included."""
    return lambda value: None if low <= value <= high else Problem(f"{low} to {high}", fix)


def one_of(values: Sequence[object], fix: str = "") -> Rule:
    """Accepts any of the values."""
    return lambda value: None if value in values else Problem(", ".join(map(str, values)), fix)


def optional(rule: Rule) -> Rule:
    """Accepts None, and what the rule accepts."""
    return lambda value: None if value is None else rule(value)


def not_empty(fix: str = "") -> Rule:
    """Accepts anything with at least one item or character."""
    return lambda value: None if len(value) > 0 else Problem("at least one", fix)


def unique(fix: str = "") -> Rule:
    """Accepts sequences without a repeated plain item."""

    def rule(value: Sequence[Any]) -> Problem | None:
        plain = [item for item in value if not is_unknown(item)]
        repeated = sorted({str(item) for item in plain if plain.count(item) > 1})
        return Problem("each value once", fix, got=", ".join(repeated)) if repeated else None

    return rule


def each(rule: Rule) -> Rule:
    """Applies a rule to every known item of a sequence and reports the first that fails, with its index."""

    def check_items(value: Iterable[Any]) -> Problem | None:
        for index, item in enumerate(value):
            if not is_unknown(item) and (problem := rule(item)):
                return replace(problem, field=f"[{index}]{problem.field}", got=item if problem.got is UNSET else problem.got)
        return None

    return check_items


RFC_1918: Final = tuple(ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""Private address blocks (RFC 1918)."""


def private_network(shortest: int, longest: int) -> Rule:
    """Accepts a canonical RFC 1918 network with a prefix length from `shortest` to `longest`."""
    accepted = f"an RFC 1918 network from /{shortest} to /{longest}, such as 10.64.0.0/{shortest}"

    def rule(value: str) -> Problem | None:
        try:
            network = ipaddress.IPv4Network(value, strict=False)
        except ValueError:
            return Problem(accepted)
        if str(network) != value:
            return Problem(accepted, f"The canonical form is {network}.")
        private = any(network.subnet_of(block) for block in RFC_1918 if isinstance(block, ipaddress.IPv4Network))
        return None if private and shortest <= network.prefixlen <= longest else Problem(accepted)

    return rule


def narrow_network(widest: int, fix: str = "") -> Rule:
    """Accepts a canonical IPv4 network whose prefix is `widest` or longer, such as a /24 where /16 is the widest."""
    accepted = f"an IPv4 network of /{widest} or narrower, such as 203.0.113.0/24"

    def rule(value: str) -> Problem | None:
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError:
            return Problem(accepted, fix)
        return None if network.prefixlen >= widest else Problem(accepted, fix)

    return rule


def arn(service: str, resource: str, example: str, fix: str = "") -> Rule:
    """Accepts an AWS ARN of a service whose resource part matches the pattern `resource`."""
    compiled = re.compile(rf"arn:aws[a-z-]*:{service}:[a-z0-9-]*:\d{{12}}:{resource}")
    return lambda value: None if compiled.fullmatch(value) else Problem(example, fix)


def image_by_digest() -> Rule:
    """Accepts a reference of an image with its registry and its digest."""
    return matches(
        r"[a-z0-9.-]+\.[a-z]+(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+(:\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}",
        "<registry>/<repository>@sha256:<64 hexadecimal digits>",
        "A tag may name another image tomorrow.",
    )
