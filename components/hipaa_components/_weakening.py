"""Weakenings: arguments that take a safeguard away and say in writing why that is acceptable.

Absent means secure. The texts a weakening asks for follow from what it touches: a standard or a required
specification must still be met some other way (`how_still_met`, `approver`); an addressable one may be replaced
by an equivalent measure after an assessment (45 CFR 164.306(d)(3)).
"""

from collections.abc import Iterator, Sequence
from typing import TypedDict

from pydantic import BaseModel

from hipaa_components._args import Args
from hipaa_components._problems import Problem, Rule, check
from hipaa_stack.baseline import JUSTIFICATION_LENGTH, WEAKENINGS
from hipaa_stack.catalog import catalog

PLACEHOLDERS = frozenset({"todo", "tbd", "n/a", "fixme", "placeholder", "lorem"})


def _justifies(saying: str) -> Rule:
    accepted = f"at least {JUSTIFICATION_LENGTH} characters saying {saying}"

    def rule(value: str) -> Problem | None:
        words = value.casefold().split()
        meant = len(value.strip()) >= JUSTIFICATION_LENGTH and len(set(words)) > 1 and words[0].strip(".:!") not in PLACEHOLDERS
        return None if meant else Problem(accepted)

    return rule


def _names_somebody(value: str) -> Problem | None:
    name = value.strip()
    return None if len(name) > 1 and name.casefold() not in PLACEHOLDERS else Problem("the name or role of the person who approved it")


class Weakening(Args):
    """Takes a safeguard away; never used itself, always one of its three kinds."""


class StandardWeakening(Weakening):
    """Touches a standard or a required specification, which must still be met."""

    how_still_met: str
    """How the standard or required specification is still met without this safeguard."""
    approver: str
    """Who approved it: a name or a role."""

    _how = check("how_still_met", _justifies("how the standard or required specification is still met"))
    _who = check("approver", _names_somebody)


class AddressableWeakening(Weakening):
    """Touches only addressable specifications (45 CFR 164.306(d)(3))."""

    assessment: str
    """Why the specification is not reasonable and appropriate here (45 CFR 164.306(d)(3)(ii)(B)(1))."""
    alternative_measure: str
    """The equivalent measure that is taken instead (45 CFR 164.306(d)(3)(ii)(B)(2))."""

    _why = check("assessment", _justifies("why it is not reasonable and appropriate here (45 CFR 164.306(d)(3))"))
    _instead = check("alternative_measure", _justifies("which equivalent measure is taken instead (45 CFR 164.306(d)(3))"))


class MixedWeakening(StandardWeakening):
    """Touches both a standard or required specification and an addressable one."""

    assessment: str
    """Why the addressable specification is not reasonable and appropriate here (45 CFR 164.306(d)(3)(ii)(B)(1))."""
    alternative_measure: str
    """The equivalent measure that is taken instead of the addressable one (45 CFR 164.306(d)(3)(ii)(B)(2))."""

    _why = check("assessment", _justifies("why it is not reasonable and appropriate here (45 CFR 164.306(d)(3))"))
    _instead = check("alternative_measure", _justifies("which equivalent measure is taken instead (45 CFR 164.306(d)(3))"))


def kind_of(name: str) -> type[Weakening]:
    """The kind that the weakening `name` must have, from the citations that it touches."""
    addressable = {catalog()[citation].addressable for citation in WEAKENINGS[name]}
    if len(addressable) > 1:
        return MixedWeakening
    return AddressableWeakening if addressable.pop() else StandardWeakening


TEXTS = ("how_still_met", "approver", "assessment", "alternative_measure")


class WeakeningRecord(TypedDict):
    """One weakening in force, as evidence shows it."""

    component: str
    """Class and name of the component, such as `EksCluster 'prod'`."""
    field: str
    """Path of the argument, such as `node_groups[0].admin_container`."""
    citations: list[str]
    """The ids of the Security Rule that it touches."""
    texts: dict[str, str]
    """The written justification, by argument."""


def records(component: str, args: Args) -> list[WeakeningRecord]:
    """Every weakening inside the arguments, in the order of their fields."""
    return [
        WeakeningRecord(
            component=component,
            field=path,
            citations=list(WEAKENINGS[path.rsplit(".", maxsplit=1)[-1]]),
            texts={text: getattr(weakening, text) for text in TEXTS if hasattr(weakening, text)},
        )
        for path, weakening in _walk(args, "")
    ]


def _walk(value: object, path: str) -> Iterator[tuple[str, Weakening]]:
    if isinstance(value, Weakening):
        yield path, value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}[{index}]")
