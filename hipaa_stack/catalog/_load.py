"""Loads the catalogue once and resolves citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from hipaa_stack.errors import HipaaStackError


class CatalogError(HipaaStackError):
    """An id that the Security Rule does not have, or a catalogue that contradicts itself."""


class Kind(StrEnum):
    """The level of an entry in the regulation's structure."""

    GENERAL = "general"
    """A general rule of 164.306."""
    STANDARD = "standard"
    """A standard: always mandatory (164.306(c))."""
    SPECIFICATION = "specification"
    """An implementation specification: required or addressable (164.306(d))."""


class Obligation(StrEnum):
    """How an implementation specification binds (164.306(d)(2) and (3))."""

    REQUIRED = "Required"
    ADDRESSABLE = "Addressable"


class Entry(BaseModel):
    """One paragraph of the Security Rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """The regulation's own id, such as `164.312(a)(1)`."""
    title: str
    kind: Kind
    obligation: Obligation | None = Field(alias="type")
    """Only of a specification; None for standards and general rules."""
    text: str
    """The words of the regulation as amended in 2013 (78 FR 5566)."""
    text_verified: bool
    nist_id: str | None
    """The id of this paragraph in NIST SP 800-66r2 where it has one."""
    nist_text: str | None
    """NIST's paraphrase."""
    sp800_53r5: tuple[str, ...]
    """Related controls of NIST SP 800-53 revision 5, as SP 800-66r2 links them."""
    aliases: tuple[str, ...]

    @property
    def addressable(self) -> bool:
        """True when an alternative measure is possible (164.306(d)(3))."""
        return self.obligation is Obligation.ADDRESSABLE


class Catalog:
    """The entries in the regulation's order, found by id or alias."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Raises CatalogError when an id or alias is not unique."""
        self._entries: dict[str, Entry] = {}
        self._aliases: dict[str, str] = {}
        for entry in entries:
            if entry.id in self._entries:
                raise CatalogError(f"catalogue: id {entry.id} occurs twice")
            self._entries[entry.id] = entry
        for entry in self:
            for alias in entry.aliases:
                if alias in self._entries or alias in self._aliases:
                    raise CatalogError(f"catalogue: alias {alias} of {entry.id} already names {self._aliases.get(alias, alias)}")
                self._aliases[alias] = entry.id

    def __iter__(self) -> Iterator[Entry]:
        """Iterates over the entries in the regulation's order."""
        return iter(self._entries.values())

    def __len__(self) -> int:
        """The number of entries."""
        return len(self._entries)

    def __contains__(self, citation: str) -> bool:
        """True for an id or an alias."""
        return citation in self._entries or citation in self._aliases

    def __getitem__(self, citation: str) -> Entry:
        """The entry of an id or an alias; CatalogError for anything else."""
        try:
            return self._entries[self._aliases.get(citation, citation)]
        except KeyError:
            near = get_close_matches(citation, [*self._entries, *self._aliases], n=1, cutoff=0.8)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise CatalogError(
                f"citation: got {citation!r}; accepted: an id of 45 CFR 164 subpart C, such as 164.312(a)(2)(iv){hint}"
            ) from None


@cache
def catalog() -> Catalog:
    """The catalogue of this release; the same object at every call."""
    rows = files("hipaa_stack.catalog").joinpath("security_rule.json").read_bytes()
    return Catalog(TypeAdapter(list[Entry]).validate_json(rows))


@cache
def organisation() -> Mapping[str, str]:
    """What stays with the organisation, whatever code does: one sentence for the id of every entry."""
    rows = files("hipaa_stack.catalog").joinpath("organisation.json").read_bytes()
    return TypeAdapter(dict[str, str]).validate_json(rows)
