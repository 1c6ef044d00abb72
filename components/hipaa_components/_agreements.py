"""The contracts behind a platform: with everybody who may see patient data there is one, and it is in force."""

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TypedDict

from hipaa_components._args import Args
from hipaa_components._problems import Problem, check, matches, not_empty, unique


class AgreementKind(StrEnum):
    """What kind of contract it is."""

    BAA = "BAA"
    """A business associate contract (45 CFR 164.308(b)(1), 164.314(a)(1))."""
    SUBCONTRACTOR_BAA = "SUBCONTRACTOR_BAA"
    """The contract of a business associate with its subcontractor (45 CFR 164.308(b)(2), 164.314(a)(2)(iii))."""
    OTHER = "OTHER"
    """Any other agreement that the evidence should name, such as a data use agreement."""


class AgreementRecord(TypedDict):
    """A contract as the evidence names it."""

    party: str
    """Who the contract is with."""
    kind: str
    """What kind of contract it is."""
    reference: str
    """Where it is kept."""
    effective: str
    """The day from which it is in force, as YYYY-MM-DD."""
    covers: list[str]
    """What it covers."""


class Agreement(Args):
    """A contract with a party that creates, receives, keeps or transmits patient data for the organisation."""

    party: str
    """Who the contract is with, such as `Amazon Web Services`."""
    kind: AgreementKind
    """What kind of contract it is."""
    reference: str
    """Where it is kept, such as its number in AWS Artifact or in the register of contracts."""
    effective: str
    """The day from which it is in force, as YYYY-MM-DD."""
    covers: Sequence[str]
    """What it covers, in lower case: `aws`, `gcp`, or names of other services."""

    _texts = check("party", matches(r"\S.+\S", "the name of the other party"))
    _reference = check("reference", matches(r"\S.*\S", "where the contract is kept"))
    _effective = check("effective", lambda value: effective_problem(value, dt.datetime.now(dt.UTC).date()))
    _covers = check(
        "covers",
        not_empty("A contract that covers nothing is no evidence."),
        unique(),
        lambda value: next(
            (Problem("lower-case names", field=f"[{n}]", got=item) for n, item in enumerate(value) if item != item.lower()), None
        ),
    )


def record(agreement: Agreement) -> AgreementRecord:
    """A contract for the outputs of a stack."""
    return AgreementRecord(
        party=agreement.party,
        kind=agreement.kind.value,
        reference=agreement.reference,
        effective=agreement.effective,
        covers=list(agreement.covers),
    )


def effective_problem(effective: str, today: dt.date) -> Problem | None:
    """Accepts a day that is not in the future."""
    try:
        day = dt.date.fromisoformat(effective)
    except ValueError:
        return Problem("a date as YYYY-MM-DD")
    return Problem(f"a day until today, {today}", "A contract that is not in force yet protects no data.") if day > today else None


def missing_agreement(agreements: Sequence[Agreement], cloud: str) -> Iterator[Problem]:
    """Told when no business associate contract covers the cloud that will hold patient data."""
    contracts = (AgreementKind.BAA, AgreementKind.SUBCONTRACTOR_BAA)
    if not any(agreement.kind in contracts and cloud in agreement.covers for agreement in agreements):
        yield Problem(
            f"with PHI, at least one of kind BAA or SUBCONTRACTOR_BAA that covers {cloud}",
            "Sign the business associate contract of the cloud first (164.308(b)(1), 164.314(a)(1)), then name it here.",
            "agreements",
            [agreement.party for agreement in agreements] or None,
        )
