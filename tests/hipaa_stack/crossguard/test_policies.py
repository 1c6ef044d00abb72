"""What the engine is told about the rules, and which levels a user's configuration gives them."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from hipaa_stack import __version__
from hipaa_stack.rules import KEY_CONTROL, RuleError, catalogue
from hipaa_stack.settings import Profile

from .conftest import RefusedError, a_rule, closed

OFF_BY_DEFAULT = "ACME-THING-002"


def stacked(thing, stack):
    assert stack.resources
    yield from ()
    _ = thing


@pytest.fixture
def two(pack):
    """A required rule and a recommended one that asks for a key of one's own."""

    def start(**more):
        extra = a_rule(closed, OFF_BY_DEFAULT, profile=Profile.RECOMMENDED, tags=(KEY_CONTROL,))
        return pack(a_rule(closed, remediates=True), extra, **more)

    return start


def levels(pack):
    """The level of each finding on an open thing, by rule."""
    return {name: level for name, level, _ in pack.said({"open": True})}


# Descriptions ------------------------------------------------------------------------------------------------


def test_a_rule_is_a_policy_with_all_that_it_says(pack):
    info = pack(a_rule(closed, tags=("nsa",))).info
    assert json_format.MessageToDict(info.policies[0]) == {
        "name": "ACME-THING-001",
        "displayName": "Things are closed",
        "description": "Things are closed",
        "message": "The servicer without an engine: messages in, messages out.",
        "enforcementLevel": "MANDATORY",
        "policyType": "POLICY_TYPE_RESOURCE",
        "severity": "POLICY_SEVERITY_HIGH",
        "framework": {"name": "HIPAA Security Rule", "reference": "164.312(a)(1), 164.312(b)"},
        "tags": ["nsa"],
        "remediationSteps": "Set open to false.\nMore: hipaa-stack explain ACME-THING-001",
        "url": "https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(1)",
    }
    assert (info.name, info.version, info.supportsConfig) == ("hipaa-stack", __version__, True)


def test_rules_over_stacks_are_stack_policies(pack):
    assert pack(a_rule(stacked)).info.policies[0].policy_type == 2


def test_the_catalogue_is_served_whole(pack):
    info = pack(*catalogue()).info
    assert [policy.name for policy in info.policies] == [*(rule.id for rule in catalogue()), "hipaa-stack-settings"]
    assert all(policy.framework.reference and policy.url and policy.severity for policy in info.policies[:-1])


def test_rules_that_cannot_be_loaded_are_refused_through_the_protocol(pack):
    def broken():
        raise RuleError("entry point acme = acme.rules: holds no rule")

    started = pack()
    started.servicer._rules = broken
    del started.servicer._policies
    with pytest.raises(RefusedError, match=r"entry point acme = acme\.rules: holds no rule"):
        started.servicer.GetAnalyzerInfo(None, started.context)


# Levels ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(None, {"ACME-THING-001": "mandatory"}, id="no file"),
        pytest.param("profile: required", {"ACME-THING-001": "mandatory"}, id="required"),
        pytest.param("profile: recommended", {"ACME-THING-001": "mandatory", OFF_BY_DEFAULT: "advisory"}, id="recommended"),
        pytest.param("profile: strict", {"ACME-THING-001": "mandatory", OFF_BY_DEFAULT: "mandatory"}, id="strict profile"),
        pytest.param("{profile: recommended, strict: true}", {"ACME-THING-001": "mandatory", OFF_BY_DEFAULT: "mandatory"}, id="strict"),
    ],
)
def test_levels_are_those_of_the_profile(two, settings, expected):
    assert levels(two(settings=settings)) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({}, {"ACME-THING-001": "mandatory"}, id="nothing"),
        pytest.param({"ACME-THING-001": "advisory"}, {"ACME-THING-001": "advisory"}, id="advisory"),
        pytest.param({"ACME-THING-001": {"enforcementLevel": "disabled"}}, {}, id="disabled"),
        pytest.param({"ACME-THING-001": "remediate"}, {"ACME-THING-001": "mandatory"}, id="remediate"),
        pytest.param({OFF_BY_DEFAULT: "mandatory"}, {"ACME-THING-001": "mandatory", OFF_BY_DEFAULT: "mandatory"}, id="out of the profile"),
        pytest.param({"all": "advisory"}, {"ACME-THING-001": "advisory", OFF_BY_DEFAULT: "advisory"}, id="all"),
        pytest.param({"all": "disabled", "ACME-THING-001": "mandatory"}, {"ACME-THING-001": "mandatory"}, id="all but one"),
    ],
)
def test_levels_of_a_configuration_come_before_the_profile(two, config, expected):
    started = two()
    started.configure(config)
    assert levels(started) == expected


@pytest.mark.parametrize("name", ["profile.yaml", "conf/profile.yaml"])
def test_the_settings_policy_names_a_file_of_the_project(two, tmp_path, name):
    (tmp_path / "conf").mkdir()
    (tmp_path / name).write_text("profile: recommended")
    started = two()
    started.configure({"hipaa-stack-settings": {"file": name}, "ACME-THING-001": "advisory"})
    assert levels(started) == {"ACME-THING-001": "advisory", OFF_BY_DEFAULT: "advisory"}


def test_the_file_beside_a_program_below_the_project_is_found_first(tmp_path, two):
    started = two(settings="profile: recommended")
    assert len(levels(started)) == 2
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "hipaa-stack.yaml").write_text("profile: required")
    started.servicer._directory = tmp_path / "stacks"
    del started.servicer._policies, started.servicer._run
    assert len(levels(started)) == 1


def test_a_file_above_the_project_is_none_of_its_settings(tmp_path, two):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "Pulumi.yaml").write_text("name: inner\nruntime: python\n")
    started = two(settings="profile: recommended")
    started.servicer._directory = inner
    del started.servicer._policies
    assert len(levels(started)) == 1


# Refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "message"),
    [
        pytest.param({"ACME-THING-01": "advisory"}, "ACME-THING-01: no such policy; did you mean ACME-THING-001?", id="policy"),
        pytest.param({"hipaa-stack-setting": "advisory"}, "did you mean hipaa-stack-settings?", id="settings policy"),
        pytest.param(
            {"x": "advisory"}, "x: no such policy. Accepted: `all`, `hipaa-stack-settings`, and the ids of rules", id="nothing like"
        ),
        pytest.param({"ACME-THING-001": {"fil": "x"}}, "ACME-THING-001: fil: no such property; accepted: enforcementLevel", id="property"),
        pytest.param({"hipaa-stack-settings": {"path": "x"}}, "path: no such property; accepted: enforcementLevel, file", id="setting"),
        pytest.param({"hipaa-stack-settings": {"file": 3}}, "file: got 3; accepted: the path of a settings file", id="wrong kind"),
        pytest.param({"hipaa-stack-settings": {"file": ""}}, "file: got ''; accepted: the path of a settings file", id="empty"),
        pytest.param({"hipaa-stack-settings": {"file": "none.yaml"}}, "none.yaml: No such file or directory", id="no file"),
        pytest.param({"hipaa-stack-settings": {"file": "bad.yaml"}}, "bad.yaml:1: colour: unknown setting", id="bad file"),
    ],
)
def test_what_is_wrong_in_a_configuration_is_refused_by_name(pack, tmp_path, config, message):
    (tmp_path / "bad.yaml").write_text("colour: red")
    started = pack()
    with pytest.raises(RefusedError) as error:
        started.configure(config)
    assert error.value.args[0] == "INVALID_ARGUMENT"
    assert message in error.value.args[1]


def test_a_bad_file_beside_the_program_is_refused_with_its_line(pack):
    with pytest.raises(RefusedError, match=r"hipaa-stack\.yaml:1: profile: got 'hard'"):
        pack(settings="profile: hard")
