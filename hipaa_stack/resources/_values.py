"""Values that are not plain data: what nobody knows yet, and what nobody may print."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from hipaa_stack.resources._resource import Resource

Item = TypeVar("Item")


class Reason(StrEnum):
    """Why a value is unknown."""

    COMPUTED = "known only after deployment"
    SIMULATED = "looked up in a simulated cloud"
    ENCRYPTED = "an encrypted secret"
    EXTERNAL = "outside this stack"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known; it takes the place of the value in decoded properties."""

    reason: Reason = Reason.COMPUTED


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret value: rules decide on it, no message ever holds it."""

    value: Any

    def __repr__(self) -> str:
        """Never the value."""
        return "Secret(…)"


def plain(value: Any) -> Any:
    """The value inside a secret, however often it is wrapped; any other value as it is."""
    while isinstance(value, Secret):
        value = value.value
    return value


@dataclass(frozen=True, slots=True)
class Place:
    """A path in a resource's properties where a value could not be decided on, and why."""

    path: str
    why: str
    reason: Reason | None = None
    """None when the value is of a wrong kind."""
    resource: Resource | None = None
    """Whose property it is; None for the one that is judged."""


class Undecided(Exception):  # noqa: N818 - an outcome, not an error
    """Raised by reading a value that is unknown or of a wrong kind; the evaluation makes it an UNKNOWN finding.

    A rule never catches it: what a rule could not read it did not decide.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        """Takes every place that stood in the way, at least one; what was read twice stood in the way once."""
        self.places = tuple(dict.fromkeys(places))
        super().__init__("; ".join(f"{place.path}: {place.why}" for place in self.places))


class NotApplicable(Exception):  # noqa: N818 - an outcome, not an error
    """Raised by a rule that has no say on a resource; the message is the reason that reports show."""


class Unparsable(Exception):  # noqa: N818 - an outcome, not an error
    """Raised by reading a string that should hold a document, such as an IAM policy, and does not: an ERROR finding."""


def all_of(*conditions: Callable[[], bool]) -> bool:
    """True when every condition holds; False as soon as one is known not to hold, whatever the others are.

    Raises:
        Undecided: when no condition is known to fail and one cannot be decided.
    """
    places: list[Place] = []
    for condition in conditions:
        try:
            if not condition():
                return False
        except Undecided as undecided:
            places += undecided.places
    if places:
        raise Undecided(places)
    return True


def any_of(*conditions: Callable[[], bool]) -> bool:
    """True when one condition is known to hold, whatever the others are; False when all are known not to.

    Raises:
        Undecided: when no condition is known to hold and one cannot be decided.
    """
    return some(conditions, lambda condition: condition())


def some(items: Iterable[Item], condition: Callable[[Item], bool]) -> bool:
    """True when the condition is known to hold for one item, whatever the others are; False when for none.

    Raises:
        Undecided: when it is known to hold for none, and an item, or whether there are more, cannot be decided.
    """
    places: list[Place] = []
    try:
        for item in items:
            try:
                if condition(item):
                    return True
            except Undecided as undecided:
                places += undecided.places
    except Undecided as undecided:
        places += undecided.places
    if places:
        raise Undecided(places)
    return False
