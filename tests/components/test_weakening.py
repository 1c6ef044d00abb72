"""Weakenings: each says in writing what its citations ask for, and shows in the evidence."""

from collections.abc import Sequence

import pytest

from hipaa_components import ArgsError
from hipaa_components._args import Args
from hipaa_components._weakening import AddressableWeakening, MixedWeakening, StandardWeakening, kind_of, records
from hipaa_stack.baseline import WEAKENINGS

STANDARD = {"how_still_met": "Every change is reviewed by two people.", "approver": "Security officer"}
ADDRESSABLE = {
    "assessment": "Our five machines change once a year.",
    "alternative_measure": "The key is replaced by hand every spring.",
}


class ProbeNode(Args):
    """A nested part."""

    admin_container: StandardWeakening | None = None
    """Weakening."""


class ProbeClusterArgs(Args):
    """Arguments with weakenings at two levels."""

    deletable: StandardWeakening | None = None
    """Weakening."""
    node_groups: Sequence[ProbeNode] = []
    """Parts."""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("deletable", StandardWeakening),
        ("short_deletion_window", MixedWeakening),
        ("short_retention", StandardWeakening),
        ("observe", MixedWeakening),
    ],
)
def test_the_kind_follows_from_the_citations(name, kind):
    assert kind_of(name) is kind


def test_every_weakening_has_a_kind():
    assert {kind_of(name) for name in WEAKENINGS} <= {StandardWeakening, AddressableWeakening, MixedWeakening}


@pytest.mark.parametrize("kind", [StandardWeakening, AddressableWeakening, MixedWeakening])
@pytest.mark.parametrize("text", ["", "todo", "TODO: write this down later", "short", "x" * 40, "tbd tbd tbd tbd tbd tbd tbd"])
def test_a_placeholder_is_no_justification(kind, text):
    given = {**(STANDARD if kind is not AddressableWeakening else {}), **(ADDRESSABLE if kind is not StandardWeakening else {})}
    kind.of(given)
    for name in given:
        with pytest.raises(ArgsError, match=f"{name}: got "):
            kind.of({**given, name: text if name != "approver" else "todo"})
        with pytest.raises(ArgsError, match=f"{name}: missing"):
            kind.of({other: value for other, value in given.items() if other != name})


def test_records_name_where_what_and_why():
    args = ProbeClusterArgs(deletable=STANDARD, node_groups=[{}, {"admin_container": STANDARD}])
    assert records("EksCluster 'prod'", args) == [
        {"component": "EksCluster 'prod'", "field": "deletable", "citations": ["164.312(c)(1)"], "texts": STANDARD},
        {"component": "EksCluster 'prod'", "field": "node_groups[1].admin_container", "citations": ["164.312(a)(1)"], "texts": STANDARD},
    ]


def test_no_weakening_no_record():
    assert records("x", ProbeClusterArgs()) == []
