"""The decorator that makes a function a rule, and what a rule says about itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from hipaa_stack.catalog import catalog
from hipaa_stack.errors import HipaaStackError
from hipaa_stack.patterns import covers
from hipaa_stack.resources import Node, Violation
from hipaa_stack.settings import Profile

KEY_CONTROL: Final = "key-control"
"""Tag of the rules that ask for a key of your own; mandatory in profile `strict`."""

PROPOSED_STATUS: Final = "proposed, 90 FR 898"
"""Status of the notice of proposed rulemaking that profile `nprm-2025` reads."""

_ID = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*-\d{3}")


class RuleError(HipaaStackError):
    """A rule that contradicts itself or another; seen when rules are loaded."""


class Severity(IntEnum):
    """How much a violation exposes."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        """The name as reports write it."""
        return self.name.lower()


class Proposed(StrEnum):
    """Safeguards of the proposed rule 90 FR 898, by the ids that it would have in 45 CFR."""

    ENCRYPTION = "164.312(b)(2)"
    MULTI_FACTOR_AUTHENTICATION = "164.312(f)(2)(ii)"
    NETWORK_SEGMENTATION = "164.312(a)(2)(vi)"
    BACKUP_AND_RECOVERY = "164.312(i)"
    PATCH_MANAGEMENT = "164.308(a)(4)"
    VULNERABILITY_SCANNING = "164.312(h)(2)(i)"
    TECHNOLOGY_ASSET_INVENTORY = "164.308(a)(1)"


@dataclass(frozen=True, slots=True)
class Cite:
    """A safeguard of the Security Rule that a rule gives evidence for."""

    id: str
    """The regulation's id, such as `164.312(a)(1)`."""
    why: str
    """What the rule has to do with it, in one clause."""

    @property
    def url(self) -> str:
        """The paragraph in the electronic Code of Federal Regulations."""
        return f"https://www.ecfr.gov/current/title-45/section-{self.id.partition('(')[0]}#p-{self.id}"


def whole(root: Node) -> Iterator[Node]:
    """The one part of a resource that is looked at as a whole."""
    yield root


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule: a pure function over decoded properties, and everything that reports say about it."""

    id: str
    """Stable and never reused, such as K8S-POD-001."""
    title: str
    """The state that holds when the rule passes."""
    severity: Severity
    types: tuple[str, ...]
    """Type tokens that it judges; a `*` in one stands for any characters, as in `kubernetes:*` or `gcp:*IAMMember`."""
    cites: tuple[Cite, ...]
    fix: str
    """What to change, in one sentence."""
    check: Callable[..., Iterator[Violation]]
    """Yields the violations of one part; nothing is a pass."""
    profile: Profile
    """The first profile that holds it: required, recommended, or nprm-2025."""
    tags: tuple[str, ...]
    proposed: tuple[Proposed, ...]
    each: Callable[[Node], Iterator[Node]]
    """The parts that are judged one by one; an unknown part never hides another."""
    remediates: bool
    """True when its violations carry safe remedies."""
    takes: tuple[str, ...]
    """What `check` takes after the part: of `stack`, `settings`."""
    why: str
    """The reason behind the rule: the docstring of its module."""

    @property
    def of_stack(self) -> bool:
        """True when it needs the other resources too; it then reads outputs, with the provider's defaults."""
        return "stack" in self.takes

    def judges(self, type_: str) -> bool:
        """True when one of its types is this one, or a pattern of it."""
        return any(covers(known, type_) for known in self.types)

    @property
    def key_control(self) -> bool:
        """True when it asks for a key of your own."""
        return KEY_CONTROL in self.tags


def rule(
    *,
    id: str,  # noqa: A002 - the field's name
    title: str,
    severity: Severity,
    types: tuple[str, ...],
    cites: tuple[Cite, ...],
    fix: str,
    profile: Profile = Profile.REQUIRED,
    tags: tuple[str, ...] = (),
    proposed: tuple[Proposed, ...] = (),
    each: Callable[[Node], Iterator[Node]] = whole,
    remediates: bool = False,
) -> Callable[[Callable[..., Iterator[Violation]]], Rule]:
    """Makes a generator function a rule.

    The function takes one part of a resource (`each` finds the parts; by default the whole resource), and by these
    names `stack` and `settings` when it needs them. It yields violations and may raise NotApplicable(reason).

    Raises:
        RuleError: when the id, the citations or the parameters are not accepted.
    """

    def decorate(check: Callable[..., Iterator[Violation]]) -> Rule:
        where = f"rule {id}"
        if not _ID.fullmatch(id):
            raise RuleError(f"{where}: id: got {id!r}; accepted: upper-case words and a three-digit number, such as ACME-POD-001")
        if not types or not cites or not title or not fix:
            raise RuleError(f"{where}: types, cites, title and fix are all needed")
        if profile is Profile.STRICT:
            raise RuleError(f"{where}: profile: got strict; accepted: recommended with the tag {KEY_CONTROL}, which strict makes mandatory")
        if profile is Profile.NPRM_2025 and not proposed:
            raise RuleError(f"{where}: proposed: missing; profile nprm-2025 holds the rules that name a proposed safeguard")
        for cite in cites:
            if cite.id != catalog()[cite.id].id:
                raise RuleError(f"{where}: cites: got the alias {cite.id}; accepted: {catalog()[cite.id].id}")
        _, *takes = inspect.signature(check).parameters
        if set(takes) - {"stack", "settings"}:
            raise RuleError(f"{where}: check takes {', '.join(takes)}; accepted after the first: stack, settings")
        module = inspect.getmodule(check)
        return Rule(
            id=id,
            title=title,
            severity=severity,
            types=types,
            cites=cites,
            fix=fix,
            check=check,
            profile=profile,
            tags=tags,
            proposed=proposed,
            each=each,
            remediates=remediates,
            takes=tuple(takes),
            why=inspect.getdoc(module) or "",
        )

    return decorate
