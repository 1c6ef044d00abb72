"""What was measured: figures, their ratio to something measured side by side, and the goals that they must meet."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from hipaa_stack.errors import HipaaStackError

T = TypeVar("T")


class BenchError(HipaaStackError):
    """Something that had to run for a measurement has failed."""


class Unit(StrEnum):
    """What a number counts."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    MICROSECONDS = "µs"
    MEBIBYTES = "MiB"
    TIMES = "times"
    MODULES = "modules"


@dataclass(frozen=True)
class Figure:
    """One thing that was measured several times; `baseline` was measured in turns with it, value for value."""

    name: str
    unit: Unit
    values: Sequence[float]
    baseline: Figure | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def ratio(self) -> float | None:
        """The median of this value over that of the baseline, pair by pair: what slows the machine slows both of a pair."""
        if self.baseline is None:
            return None
        return statistics.median(own / other for own, other in zip(self.values, self.baseline.values, strict=True))

    def to_json(self) -> dict[str, object]:
        """As plain data."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "values": list(self.values),
            "baseline": self.baseline.name if self.baseline else None,
            "ratio": self.ratio,
        }


@dataclass(frozen=True)
class Goal:
    """A promise: what was measured stays within a limit."""

    name: str
    unit: Unit
    measured: float
    limit: float

    @property
    def met(self) -> bool:
        return self.measured <= self.limit

    def to_json(self) -> dict[str, object]:
        """As plain data."""
        return {"name": self.name, "unit": self.unit, "measured": self.measured, "limit": self.limit, "met": self.met}


@dataclass(frozen=True)
class Suite:
    """Figures that belong together."""

    title: str
    figures: Sequence[Figure]
    goals: Sequence[Goal] = ()

    def to_json(self) -> dict[str, object]:
        """As plain data."""
        return {
            "title": self.title,
            "figures": [figure.to_json() for figure in self.figures],
            "goals": [goal.to_json() for goal in self.goals],
        }


def in_turns(measurements: Mapping[str, Callable[[], T]], rounds: int, progress: Callable[[str], None]) -> dict[str, list[T]]:
    """Takes every measurement once per round: A B A B, after one round that only warms up."""
    taken: dict[str, list[T]] = {name: [] for name in measurements}
    for number in range(rounds + 1):
        progress(f"round {number} of {rounds}" if number else "warm-up")
        for name, measure in measurements.items():
            value = measure()
            if number:
                taken[name].append(value)
    return taken
