"""What one look found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from hipaa_stack.evaluation import Outcome


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what is so, and what to change where it should not be."""

    check: str
    """What was looked at, such as `secrets provider`."""
    outcome: Outcome
    message: str
    fix: str = ""
    """The setting or the command that changes it."""


passed = partial(Finding, outcome=Outcome.PASS)
failed = partial(Finding, outcome=Outcome.FAIL)
unknown = partial(Finding, outcome=Outcome.UNKNOWN)
beside = partial(Finding, outcome=Outcome.NOT_APPLICABLE)


OWN = " If this stack made it, pass its state: --state FILE, of `pulumi stack export`."


def broken(check: str, error: Exception) -> Finding:
    """A mistake of ours: it is told, and hides nothing that others found."""
    return Finding(check, Outcome.ERROR, f"{type(error).__name__}: {error}", "Please report it.")
