"""What the pack says of resources and stacks, and at which level."""

from __future__ import annotations

import datetime as dt

import pytest
from pulumi.runtime.proto import analyzer_pb2

from hipaa_stack import baseline
from hipaa_stack.evaluation import FOOTER
from hipaa_stack.resources import NotApplicable
from hipaa_stack.sandbox.provider import accounts

from .conftest import TODAY, TYPE, UNKNOWN, URN, a_rule, closed, diagnostics, secret, struct

CITED = "[164.312(a)(1), 164.312(b); hipaa-stack explain ACME-THING-001]"
VIOLATED = f"open: open is true. Set open to false. {CITED}"


def waivers(**changes):
    waiver = {
        "rule": "ACME-THING-001",
        "resource": "thing",
        "justification": "Replaced by the end of the quarter.",
        "approver": "Security officer",
        "reviewed_on": str(TODAY - dt.timedelta(days=30)),
        "risk_analysis_ref": "RA-7",
        "expires": str(TODAY),
    }
    lines = "\n".join(f"  {key}: '{value}'" for key, value in {**waiver, **changes}.items())
    return f"waivers:\n-{lines[1:]}"


def in_stack(urn=URN, type_=TYPE, properties=None, **more):
    return analyzer_pb2.AnalyzerResource(type=type_, name=urn.split("::")[-1], urn=urn, properties=struct(properties or {}), **more)


# Outcomes ----------------------------------------------------------------------------------------------------


def test_a_violation_names_the_place_the_fix_and_the_citations(pack):
    assert pack().said({"open": True}) == [("ACME-THING-001", "mandatory", VIOLATED)]
    (diagnostic,) = pack().analyze({"open": True}).diagnostics
    assert (diagnostic.urn, diagnostic.description, diagnostic.severity) == (URN, "Things are closed", 3)


@pytest.mark.parametrize("properties", [{}, {"open": False}, {"open": None}])
def test_what_passes_is_not_mentioned(pack, properties):
    response = pack().analyze(properties)
    assert not response.diagnostics
    assert not response.not_applicable


@pytest.mark.parametrize(("dry_run", "level"), [(True, "advisory"), (False, "mandatory"), (None, "advisory")])
def test_the_unknown_blocks_an_update_only(pack, dry_run, level):
    """Without a configured stack, the engine analyses a state."""
    said = pack(dry_run=dry_run).said({"open": UNKNOWN})
    assert said == [("ACME-THING-001", level, f"undecided: open: known only after deployment {CITED}")]


def test_values_of_a_wrong_kind_are_undecided_and_block_an_update(pack):
    assert pack(dry_run=False).said({"open": "yes"}) == [
        ("ACME-THING-001", "mandatory", f"undecided: open: expected a boolean, got a string {CITED}")
    ]


def test_with_strict_the_unknown_blocks_a_preview_too(pack):
    ((_, level, _),) = pack(settings="strict: true").said({"open": UNKNOWN})
    assert level == "mandatory"


@pytest.mark.parametrize("level", ["mandatory", "advisory"])
def test_a_rule_that_crashes_blocks_and_hides_no_other(pack, level):
    def crash(thing):
        raise ValueError(thing.string("name"))
        yield

    started = pack(a_rule(crash, "ACME-THING-000"), a_rule(closed))
    started.configure({"ACME-THING-000": level})
    cited = CITED.replace("001]", "000]")
    text = f"could not be evaluated: the rule raised ValueError: please report it {cited}"
    assert started.said({"open": True, "name": "x"}) == [("ACME-THING-000", "mandatory", text), ("ACME-THING-001", "mandatory", VIOLATED)]


def test_what_a_rule_has_no_say_on_does_not_count_as_passed(pack):
    def small(thing):
        if (thing.number("size") or 0) > 3:
            raise NotApplicable("large things are kept elsewhere")
        yield from ()

    other = a_rule(closed, "ACME-OTHER-001", types=("acme:index:Other",))
    response = pack(a_rule(small), other).analyze({"size": 4})
    assert {each.policy_name: each.reason for each in response.not_applicable} == {
        "ACME-THING-001": "large things are kept elsewhere",
        "ACME-OTHER-001": "judges resources of other types",
    }


@pytest.mark.parametrize("properties", [{"open": secret(True), "name": secret("hush-7")}, secret({"open": True, "name": "hush-7"})])
def test_secrets_decide_and_stand_in_no_message(pack, properties):
    def leaky(thing):
        if thing.boolean("open"):
            yield thing.fail("name", f"{thing.string('name')} is open")

    said = pack(a_rule(leaky)).said(properties if "open" in properties else {"inner": properties}, type=TYPE)
    assert "hush-7" not in str(said)
    if "open" in properties:
        assert [(policy, level) for policy, level, _ in said] == [("ACME-THING-001", "mandatory")]


# Waivers and exceptions --------------------------------------------------------------------------------------


def test_a_waived_violation_is_shown_and_does_not_block(pack):
    text = "waived until 2026-05-01 by Security officer: open: open is true; Replaced by the end of the quarter."
    started = pack(settings=waivers())
    assert started.said({"open": True}) == [("ACME-THING-001", "advisory", f"{text} {CITED}")]
    assert not started.analyze_stack().diagnostics


@pytest.mark.parametrize(
    ("changes", "notice", "level"),
    [
        pytest.param({"resource": "other"}, "covers no finding", "mandatory", id="unused"),
        pytest.param({"expires": str(TODAY - dt.timedelta(days=1))}, "expired on 2026-04-30", "mandatory", id="expired"),
    ],
)
def test_a_waiver_that_is_of_no_use_is_an_advisory_notice(pack, changes, notice, level):
    started = pack(settings=waivers(**changes))
    assert [found for _, found, _ in started.said({"open": True})] == [level]
    ((policy, found, message),) = diagnostics(started.analyze_stack())
    assert (policy, found) == ("hipaa-stack-settings", "advisory")
    assert notice in message
    started = pack(settings=waivers(**changes))
    started.configure({"hipaa-stack-settings": "disabled"})
    assert not started.analyze_stack().diagnostics


def test_what_a_component_declares_is_waived_for_its_own_resources(pack, monkeypatch):
    declared = baseline.DeclaredException("ACME-THING-001", f"{TYPE}::thing", "The door must stay open for audits.")
    monkeypatch.setitem(vars(baseline)["COMPONENTS"], "House", baseline.ComponentRecord((), "", (declared,)))
    inside = f"urn:pulumi:dev::acme::hipaa:index:House${TYPE}::thing"
    ((_, level, message),) = pack().said({"open": True}, urn=inside)
    assert level == "advisory"
    assert message == f"waived by House: open: open is true; The door must stay open for audits. {CITED}"
    assert pack().said({"open": True})[0][1] == "mandatory"


# Stacks ------------------------------------------------------------------------------------------------------


def test_rules_over_stacks_see_inputs_outputs_links_options_and_providers(pack):
    seen = {}

    def look(thing, stack):
        resource = thing.resource
        (seen["linked"],) = [each.name for each in stack.linked(resource, "acme:index:Door", via="thing")]
        seen["inputs"], seen["outputs"] = dict(resource.inputs), dict(resource.outputs)
        seen["options"], seen["parent"], seen["provider"] = resource.options, resource.parent, resource.provider
        seen["basis"] = stack.basis
        if thing.boolean("open"):
            yield thing.fail("open", "open is true")

    started = pack(a_rule(look))
    assert not started.said({"asked": 1})
    thing = in_stack(
        properties={"open": True},
        parent="urn:parent",
        provider=analyzer_pb2.AnalyzerProviderResource(urn="urn:provider"),
        options=analyzer_pb2.AnalyzerResourceOptions(protect=True, ignoreChanges=["a"], aliases=["urn:old"]),
    )
    links = {"thing": analyzer_pb2.AnalyzerPropertyDependencies(urns=[URN])}
    door = in_stack("urn:pulumi:dev::acme::acme:index:Door::door", "acme:index:Door", {"thing": UNKNOWN}, propertyDependencies=links)
    assert diagnostics(started.analyze_stack(thing, door)) == [("ACME-THING-001", "mandatory", VIOLATED)]
    assert (seen["inputs"], seen["outputs"], seen["linked"]) == ({"asked": 1}, {"open": True}, "door")
    assert (seen["parent"], seen["provider"], seen["basis"]) == ("urn:parent", "urn:provider::", "preview")
    assert (seen["options"].protect, seen["options"].ignore_changes, seen["options"].aliases) == (True, ("a",), ("urn:old",))


def test_a_rule_over_stacks_without_a_resource_of_its_types_does_not_count_as_passed(pack):
    def look(thing, stack):
        yield from () if stack else thing

    started = pack(a_rule(look))
    assert [each.policy_name for each in started.analyze_stack(in_stack(type_="a:b:C")).not_applicable] == ["ACME-THING-001"]
    assert not started.analyze_stack(in_stack()).not_applicable


@pytest.mark.parametrize(("dry_run", "basis"), [(True, "preview"), (False, "update"), (None, "state")])
def test_a_run_ends_with_one_line_that_says_what_a_pass_means(pack, dry_run, basis):
    started = pack(dry_run=dry_run)
    for properties in ({"open": True}, {"open": UNKNOWN}, {}, {}):
        started.analyze(properties)
    assert started.lines == []
    started.analyze_stack()
    (line,) = started.lines
    assert f", {basis}: violations: 1, undecided: 1, waived: 0, errors: 0, passed: 2. {FOOTER}" in line


# Sandboxes ---------------------------------------------------------------------------------------------------


def test_what_a_simulated_cloud_has_invented_is_undecided_and_never_blocks(pack, tmp_path):
    def named(thing):
        if thing.string("name") == "good":
            yield thing.fail("name", "is good")

    session = tmp_path / "session"
    session.mkdir()
    started = pack(a_rule(named), dry_run=False, session=session)
    assert not started.said({"name": "vpc-123"})
    with accounts.connect(session / accounts.FILE) as database:
        database.execute("INSERT INTO lookups VALUES ('aws:ec2/getVpc:getVpc', 'id', 'vpc-123')")
    assert started.said({"name": "vpc-123"}) == [("ACME-THING-001", "advisory", f"undecided: name: looked up in a simulated cloud {CITED}")]


def test_a_preview_in_a_sandbox_says_so(pack, tmp_path):
    started = pack(session=tmp_path)
    started.analyze_stack()
    assert ", preview in simulated clouds: " in started.lines[0]


# Remedies ----------------------------------------------------------------------------------------------------


@pytest.fixture
def remedying(pack):
    def start(**more):
        rules = a_rule(closed, remediates=True), a_rule(closed, "ACME-THING-002")
        started = pack(*rules, **more)
        started.configure({"all": "remediate"})
        return started

    return start


def test_remedies_are_written_into_the_inputs(remedying):
    kept = {"key": secret("hush"), "id": UNKNOWN}
    assert remedying().remediate({"open": True, **kept}) == [("ACME-THING-001", {"open": False, **kept})]


def test_each_remediation_holds_those_before_it(pack):
    def shut(thing):
        if thing.boolean("window"):
            yield thing.fail("window", "window is true", remedy=False)

    started = pack(a_rule(closed, remediates=True), a_rule(shut, "ACME-THING-002", remediates=True))
    started.configure({"all": "remediate"})
    assert started.remediate({"open": True, "window": True}) == [
        ("ACME-THING-001", {"open": False, "window": True}),
        ("ACME-THING-002", {"open": False, "window": False}),
    ]


@pytest.mark.parametrize("properties", [{}, {"open": False}, {"open": UNKNOWN}])
def test_without_a_violation_nothing_is_remedied(remedying, properties):
    assert remedying().remediate(properties) == []


def test_what_is_waived_is_not_remedied(remedying):
    assert remedying(settings=waivers()).remediate({"open": True}) == []


@pytest.mark.parametrize("level", ["mandatory", "advisory", "disabled"])
def test_only_the_level_remediate_remedies(pack, level):
    started = pack(a_rule(closed, remediates=True))
    started.configure({"all": level})
    assert started.remediate({"open": True}) == []
