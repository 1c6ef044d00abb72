"""The catalogue: ids are the regulation's, aliases resolve, anything else is an error."""

import pytest

from hipaa_stack.catalog import Catalog, CatalogError, Entry, Kind, Obligation, catalog, organisation


def test_the_catalogue_is_whole():
    kinds = [entry.kind for entry in catalog()]
    obligations = [entry.obligation for entry in catalog() if entry.kind is Kind.SPECIFICATION]
    assert {kind: kinds.count(kind) for kind in Kind} == {Kind.GENERAL: 11, Kind.STANDARD: 23, Kind.SPECIFICATION: 48}
    assert {each: obligations.count(each) for each in Obligation} == {Obligation.REQUIRED: 26, Obligation.ADDRESSABLE: 22}


@pytest.mark.parametrize(
    ("citation", "id_"),
    [("164.312(a)(1)", "164.312(a)(1)"), ("164.308(a)(4)", "164.308(a)(4)(i)"), ("164.308(b)(4)", "164.308(b)(3)")],
)
def test_ids_and_aliases_resolve(citation, id_):
    assert catalog()[citation].id == id_
    assert citation in catalog()


@pytest.mark.parametrize("citation", ["164.312(z)", "", "312(a)(1)", "164.312(a)(2)(IV)"])
def test_anything_else_is_an_error(citation):
    assert citation not in catalog()
    with pytest.raises(CatalogError, match="accepted: an id of 45 CFR 164 subpart C"):
        catalog()[citation]


def test_every_entry_is_found_under_each_of_its_names():
    for entry in catalog():
        assert all(catalog()[name] is entry for name in (entry.id, *entry.aliases))


def entry(id_: str, *aliases: str) -> Entry:
    blank = {"title": "t", "kind": "standard", "type": None, "text": "t", "text_verified": True, "nist_id": None, "nist_text": None}
    return Entry.model_validate({"id": id_, **blank, "sp800_53r5": [], "aliases": aliases})


@pytest.mark.parametrize("entries", [[entry("a"), entry("a")], [entry("a", "b"), entry("b")], [entry("a", "c"), entry("b", "c")]])
def test_a_catalogue_that_contradicts_itself_does_not_load(entries):
    with pytest.raises(CatalogError, match="catalogue: "):
        Catalog(entries)


def test_every_entry_says_in_one_sentence_what_stays_with_the_organisation():
    assert list(organisation()) == [entry.id for entry in catalog()]
    for id_, sentence in organisation().items():
        assert sentence.endswith("."), id_
        assert sentence.count(". ") == 0, id_
        assert sentence[0].isupper(), id_
