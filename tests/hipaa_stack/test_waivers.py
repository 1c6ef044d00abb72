"""What an organisation accepts for a time, and what our components declare."""

from __future__ import annotations

import datetime as dt

import pytest

from hipaa_stack import waivers as module
from hipaa_stack.baseline import COMPONENTS, ComponentRecord, DeclaredException
from hipaa_stack.evaluation import Finding, Level, Outcome
from hipaa_stack.resources import Resource, Unknown
from hipaa_stack.rules import Cite, Severity, rule
from hipaa_stack.settings import Waiver
from hipaa_stack.waivers import Waived, Waivers

TODAY = dt.date(2026, 11, 25)
POD = "kubernetes:core/v1:Pod"


@rule(
    id="ACME-POD-001",
    title="Privilege is absent",
    severity=Severity.HIGH,
    types=(POD,),
    cites=(Cite("164.312(a)(1)", "it limits access"),),
    fix="Remove it.",
)
def check(_):
    yield from ()


def finding(name="app", outcome=Outcome.FAIL, parents=""):
    resource = Resource(f"urn:pulumi:prod::clinic::{parents}{POD}::{name}", POD, name, {})
    return Finding(check, outcome, Level.MANDATORY, resource, "spec", "wrong")


def waiver(resource="app", rule="ACME-POD-001", expires=dt.date(2027, 1, 1), **other):
    facts = {"justification": "The vendor's agent needs it until March.", "approver": "CISO", "risk_analysis_ref": "RA-7"}
    return Waiver(rule=rule, resource=resource, expires=expires, reviewed_on=expires - dt.timedelta(days=100), **{**facts, **other})


def apply(*given, to=None, today=TODAY):
    waivers = Waivers(given, today)
    waived = [waivers.apply(each).waiver for each in to or [finding()]]
    return waived, list(waivers.notices())


@pytest.mark.parametrize(
    ("pattern", "name", "covers"),
    [
        ("app", "app", True),
        ("app", "app-2", False),
        ("app*", "app-2", True),
        ("*", "anything", True),
        ("*::clinic::*::app", "app", True),
        ("urn:pulumi:prod::clinic::kubernetes:core/v1:Pod::app", "app", True),
        ("urn:pulumi:dev::*", "app", False),
        ("pods[0]", "pods[0]", True),
        ("pods[0]", "pods0", False),
        ("pods[*]", "pods[17]", True),
        ("app?", "apps", False),
        ("a.p", "app", False),
        ("App", "app", False),
    ],
)
def test_a_waiver_covers_names_and_urns_by_its_pattern(pattern, name, covers):
    [waived], notices = apply(waiver(pattern), to=[finding(name)])
    assert bool(waived) is covers
    assert bool(notices) is not covers


def test_a_waived_finding_says_who_accepted_it_why_and_until_when():
    [waived], notices = apply(waiver())
    assert waived == Waived("CISO", "The vendor's agent needs it until March.", "RA-7", dt.date(2027, 1, 1))
    assert notices == []


def test_a_waiver_is_for_its_rule_only():
    [waived], notices = apply(waiver(rule="ACME-POD-002"))
    assert waived is None
    assert notices == ["waiver of ACME-POD-002 for app: covers no finding; remove it"]


@pytest.mark.parametrize(("today", "covered"), [(dt.date(2027, 1, 1), True), (dt.date(2027, 1, 2), False)])
def test_a_waiver_ends_after_its_day(today, covered):
    [waived], notices = apply(waiver(), today=today)
    assert bool(waived) is covered
    expired = "waiver of ACME-POD-001 for app: expired on 2027-01-01; what it covered is a violation again: review it or remove it"
    assert notices == ([] if covered else [expired])


def test_a_valid_waiver_counts_after_an_expired_one():
    [waived], notices = apply(waiver(expires=dt.date(2026, 1, 1)), waiver(approver="Board"))
    assert waived.by == "Board"
    assert [notice.partition(";")[0] for notice in notices] == ["waiver of ACME-POD-001 for app: expired on 2026-01-01"]


@pytest.mark.parametrize(("outcome", "covered"), [(outcome, outcome in (Outcome.FAIL, Outcome.UNKNOWN)) for outcome in Outcome])
def test_what_fails_or_is_unknown_can_be_waived_and_an_error_cannot(outcome, covered):
    [waived], _ = apply(waiver(), to=[finding(outcome=outcome)])
    assert bool(waived) is covered


class TestDeclared:
    """What a component of ours must break is waived wherever the component is used."""

    @pytest.fixture(autouse=True)
    def records(self, monkeypatch):
        exceptions = (DeclaredException("ACME-POD-001", f"{POD}::agent-*", "The agent reads the node's own logs."),)
        record = ComponentRecord(("164.312(b)",), "Reviews.", exceptions)
        monkeypatch.setattr(module, "COMPONENTS", {**COMPONENTS, "NodeAgents": record})

    @pytest.mark.parametrize(
        ("name", "parents", "covered"),
        [
            ("agent-a", "hipaa:index:NodeAgents$", True),
            ("agent-a", "hipaa:index:Platform$hipaa:index:NodeAgents$acme:index:Inner$", True),
            ("other", "hipaa:index:NodeAgents$", False),
            ("agent-a", "acme:index:NodeAgents$", False),
            ("agent-a", "hipaa:index:EksCluster$", False),
            ("agent-a", "", False),
        ],
    )
    def test_only_for_its_own_children(self, name, parents, covered):
        [waived], _ = apply(to=[finding(name, parents=parents)])
        assert waived == (Waived("NodeAgents", "The agent reads the node's own logs.") if covered else None)

    def test_the_name_of_the_component_in_a_manifest_declares_nothing(self):
        resource = Resource("hipaa:index:NodeAgents$manifest", POD, "agent-a", {})
        [waived], _ = apply(to=[Finding(check, Outcome.FAIL, Level.MANDATORY, resource, "", "wrong")])
        assert waived is None

    def test_after_a_waiver_of_the_organisation_has_expired_the_declaration_still_holds(self):
        declared = finding("agent-a", parents="hipaa:index:NodeAgents$")
        [waived], notices = apply(waiver("agent-a", expires=dt.date(2026, 1, 1)), to=[declared])
        assert waived.by == "NodeAgents"
        assert len(notices) == 1

    @pytest.mark.parametrize(
        ("tags", "covered"),
        [
            ({"hipaa-stack:exceptions": "ephemeral"}, True),
            ({"hipaa-stack:exceptions": "deletable ephemeral"}, True),
            ({"hipaa-stack:exceptions": "deletable"}, False),
            ({"hipaa-stack:exceptions": Unknown()}, False),
            (Unknown(), False),
            (None, False),
        ],
    )
    def test_a_weakening_waives_only_where_it_is_in_force(self, monkeypatch, tags, covered):
        exceptions = (DeclaredException("ACME-POD-001", f"{POD}::*", "Synthetic data.", "ephemeral"),)
        monkeypatch.setattr(module, "COMPONENTS", {"NodeAgents": ComponentRecord(("164.312(b)",), "Reviews.", exceptions)})
        resource = Resource("urn:pulumi:dev::p::hipaa:index:NodeAgents$" + POD + "::a", POD, "a", {"tags": tags})
        [waived], _ = apply(to=[Finding(check, Outcome.FAIL, Level.MANDATORY, resource, "", "wrong")])
        assert bool(waived) is covered
