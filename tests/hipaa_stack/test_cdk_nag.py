"""The comparison with cdk-nag is complete, and names rules that exist."""

from collections import Counter
from pathlib import Path

from hipaa_stack.cdk_nag import COUNTERPARTS, LEFT_OUT, PLANNED, LeftOut, rows
from hipaa_stack.rules import catalogue

NAMES = Path(__file__).with_name("cdk_nag.txt").read_text().split()
"""Names of the rules of cdk-nag's pack HIPAA Security."""


def test_every_rule_of_the_pack_is_named_once():
    named = [name for names in (*COUNTERPARTS.values(), *LEFT_OUT.values()) for name in names]
    assert Counter(named) == Counter(NAMES)
    assert len(NAMES) == 90
    assert [row.name for row in rows()] == sorted(NAMES)


def test_a_counterpart_exists_or_is_marked_as_planned_until_it_does():
    built = {rule.id for rule in catalogue()}
    assert COUNTERPARTS.keys() - built == PLANNED


def test_what_is_left_out_has_a_reason_and_nothing_else_has():
    assert LEFT_OUT.keys() == set(LeftOut)
    for row in rows():
        assert bool(row.rule) != bool(row.reason)
