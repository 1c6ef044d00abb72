"""Outcomes, levels and what reports may show, with rules that exist only here."""

from __future__ import annotations

import dataclasses

import pytest

from hipaa_stack.evaluation import Evaluation, Level, Outcome, level_of
from hipaa_stack.resources import Basis, NotApplicable, Reason, Resource, Secret, Stack, Unknown
from hipaa_stack.rules import KEY_CONTROL, Cite, Proposed, Severity, rule
from hipaa_stack.settings import Profile, Settings
from hipaa_stack.waivers import Waived

POD = "kubernetes:core/v1:Pod"
NAMESPACE = "kubernetes:core/v1:Namespace"
UNKNOWN = Unknown()


def make(check, id_="ACME-POD-001", **changes):
    facts = {
        "title": "Privilege is absent",
        "severity": Severity.HIGH,
        "types": (POD,),
        "cites": (Cite("164.312(a)(1)", "it limits access"),),
        "fix": "Remove it.",
        **changes,
    }
    return rule(id=id_, **facts)(check)


def parts(root):
    return root.items("parts")


def privileged(part):
    if part.is_set("exempt"):
        raise NotApplicable("it is exempt")
    if part.string("crash"):
        raise KeyError(part.string("crash"))
    if part.boolean("privileged"):
        yield part.fail("privileged", f"{part.string('name')} is privileged", remedy=False)
    part.document("policy")


RULE = make(privileged, each=parts)


def resource(inputs, type_=POD, name="app", **other):
    return Resource(f"urn::{type_}::{name}", type_, name, inputs, **other)


def run(rules, *resources, basis=Basis.MANIFEST, every_outcome=False, **settings):
    evaluation = Evaluation(rules, Settings(**settings), every_outcome=every_outcome)
    return list(evaluation.stack(Stack(resources, basis))), evaluation.summary


def shown(findings):
    return [(finding.outcome.value, finding.path, finding.message) for finding in findings]


CRASHED = "the rule raised KeyError: please report it"


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        pytest.param({"parts": [{}]}, [("pass", "", "Privilege is absent")], id="pass"),
        pytest.param({"parts": []}, [("pass", "", "Privilege is absent")], id="no parts"),
        pytest.param({}, [("pass", "", "Privilege is absent")], id="nothing at all"),
        pytest.param({"parts": [{"name": "a", "privileged": True}]}, [("fail", "parts[0].privileged", "a is privileged")], id="fail"),
        pytest.param({"parts": UNKNOWN}, [("unknown", "parts", "known only after deployment")], id="unknown"),
        pytest.param({"parts": 7}, [("unknown", "parts", "expected a list, got a number")], id="of a wrong kind"),
        pytest.param({"parts": [{"exempt": True}]}, [("not_applicable", "", "it is exempt")], id="not applicable"),
        pytest.param({"parts": [{"exempt": True}, {}]}, [("pass", "", "Privilege is absent")], id="applicable to one part"),
        pytest.param({"parts": [{"crash": "x"}]}, [("error", "parts[0]", CRASHED)], id="error"),
        pytest.param(
            {"parts": [{"policy": "{"}]}, [("error", "parts[0]", "parts[0].policy: not a JSON document")], id="a document that is none"
        ),
        pytest.param(
            {
                "parts": [
                    UNKNOWN,
                    {"crash": "x"},
                    {"exempt": True},
                    {"privileged": UNKNOWN},
                    {"name": "e", "privileged": True, "policy": "{"},
                ]
            },
            [
                ("unknown", "parts[0]", "known only after deployment"),
                ("error", "parts[1]", CRASHED),
                ("unknown", "parts[3].privileged", "known only after deployment"),
                ("fail", "parts[4].privileged", "e is privileged"),
                ("error", "parts[4]", "parts[4].policy: not a JSON document"),
            ],
            id="no part hides another",
        ),
    ],
)
def test_outcomes(inputs, expected):
    findings, summary = run([RULE], resource(inputs), every_outcome=True)
    assert shown(findings) == expected
    assert {outcome.value: count for outcome, count in summary.items()} == {
        outcome: [first for first, *_ in expected].count(outcome) for outcome, *_ in expected
    }


def test_passes_and_what_does_not_apply_are_counted_and_left_out():
    findings, summary = run([RULE], resource({"parts": [{}]}), resource({"parts": [{"exempt": True}]}, name="b"))
    assert (findings, summary) == ([], {Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 1})


def test_a_rule_that_raises_stops_no_other_rule_and_no_other_resource():
    def broken(_):
        raise ValueError("hunter2")
        yield

    def broken_parts(_):
        raise RecursionError
        yield

    rules = [make(broken), make(privileged, "ACME-POD-002", each=broken_parts), make(privileged, "ACME-POD-003", each=parts)]
    findings, _ = run(rules, resource({"parts": [{"privileged": True}]}), resource({}, name="b"))
    assert [(finding.rule.id, finding.resource.name, finding.outcome.value, finding.message) for finding in findings] == [
        ("ACME-POD-001", "app", "error", "the rule raised ValueError: please report it"),
        ("ACME-POD-002", "app", "error", "the rule raised RecursionError: please report it"),
        ("ACME-POD-003", "app", "fail", "None is privileged"),
        ("ACME-POD-001", "b", "error", "the rule raised ValueError: please report it"),
        ("ACME-POD-002", "b", "error", "the rule raised RecursionError: please report it"),
    ]


def test_each_cannot_apply_to_the_whole_resource():
    def none(_):
        raise NotApplicable("a Windows pod")
        yield

    findings, _ = run([make(privileged, each=none)], resource({}), every_outcome=True)
    assert shown(findings) == [("not_applicable", "", "a Windows pod")]


def test_a_failure_carries_its_remedy_and_violates():
    [finding], _ = run([RULE], resource({"parts": [{"privileged": True}]}))
    assert (finding.remedy.path, finding.remedy.value, finding.violates, finding.level) == (
        "parts[0].privileged",
        False,
        True,
        Level.MANDATORY,
    )
    [unknown], _ = run([RULE], resource({"parts": UNKNOWN}))
    assert not unknown.violates


class TestSecrets:
    """A rule decides on a secret; no message ever holds one."""

    WITHHELD = "Privilege is absent: violated by a secret value"

    @pytest.mark.parametrize(
        ("part", "message"),
        [
            pytest.param({"name": Secret("hunter2"), "privileged": True}, WITHHELD, id="in the message"),
            pytest.param({"name": "a", "privileged": Secret(value=True)}, WITHHELD, id="at the place of the failure"),
            pytest.param(Secret({"name": "a", "privileged": True}), WITHHELD, id="around the place of the failure"),
            pytest.param({"name": "a", "privileged": True, "other": Secret("hunter2")}, "a is privileged", id="elsewhere"),
            pytest.param(
                {"name": "secret-in-policy", "privileged": True, "policy": Secret('{"Sid": ["secret-in-policy"]}')},
                WITHHELD,
                id="in a document",
            ),
            pytest.param({"name": "a", "privileged": True, "other": Secret("")}, "a is privileged", id="empty"),
        ],
    )
    def test_messages(self, part, message):
        [finding], _ = run([RULE], resource({"parts": [part]}))
        assert (finding.outcome, finding.path, finding.message) == (Outcome.FAIL, "parts[0].privileged", message)

    def test_of_outputs_too(self):
        def named(root, stack):
            yield root.fail("name", f"{root.string('name')} is one of {len(stack.resources)}")

        [finding], _ = run([make(named)], resource({}, outputs={"name": Secret("hunter2")}))
        assert finding.message == self.WITHHELD

    def test_an_error_never_shows_what_the_rule_raised(self):
        [finding], _ = run([RULE], resource({"parts": [{"crash": Secret("hunter2")}]}))
        assert "hunter2" not in finding.message


class TestPatches:
    @pytest.mark.parametrize(
        ("inputs", "expected"),
        [
            pytest.param({"spec": {"host": True}}, [("fail", "spec.host", "host")], id="sets a wrong value"),
            pytest.param(
                {"spec": Secret({"host": True})},
                [("fail", "spec.host", "Privilege is absent: violated by a secret value")],
                id="in a secret",
            ),
            pytest.param({"spec": {"host": False}}, [("pass", "", "Privilege is absent")], id="sets a right value"),
            pytest.param({"spec": {}}, [("not_applicable", "", "the patch does not set it")], id="does not set it"),
            pytest.param({"spec": {"host": None}}, [("not_applicable", "", "the patch does not set it")], id="null"),
            pytest.param({"spec": UNKNOWN}, [("unknown", "spec.host", "known only after deployment")], id="unknown"),
        ],
    )
    def test_a_failure_at_what_the_patch_does_not_set_is_not_applicable(self, inputs, expected):
        def check(root):
            if root.boolean("spec.host") is not False:
                yield root.fail("spec.host", "host")

        findings, summary = run([make(check)], resource(inputs, "kubernetes:core/v1:PodPatch"), every_outcome=True)
        assert shown(findings) == expected
        assert sum(summary.values()) == 1

    def test_paths_in_a_list_of_objects_are_those_of_the_document(self):
        def check(root):
            yield root.fail("spec.host", "host")

        findings, _ = run([make(check)], resource({"spec": {"host": True}}, "kubernetes:core/v1:PodPatch", prefix="items[1]"))
        assert shown(findings) == [("fail", "items[1].spec.host", "host")]


class TestStackRules:
    def test_they_read_outputs_and_the_other_resources(self):
        def check(root, stack, settings):
            if root.string("name") != settings.cluster_admins[0]:
                yield root.fail("name", f"one of {len(list(stack.of(POD)))}")

        first = resource({"name": "input"}, outputs={"name": "output"})
        findings, _ = run([make(check)], first, resource({"name": "admin"}, name="b"), cluster_admins=("admin",))
        assert shown(findings) == [("fail", "name", "one of 2")]

    def test_what_another_resource_leaves_open_names_that_resource(self):
        def check(root, stack):
            for other in stack.of(NAMESPACE):
                other.root.string("phase")
            root.string("name")
            yield from ()

        space = resource({"phase": UNKNOWN}, NAMESPACE, "space")
        findings, _ = run([make(check)], resource({"name": "x"}), space)
        assert shown(findings) == [("unknown", "space.phase", "known only after deployment")]
        assert findings[0].resource.name == "app"

    def test_they_come_after_the_resource_rules(self):
        def check(root, stack):
            yield root.fail("", f"{len(stack.resources)}")

        findings, _ = run([make(check), make(privileged, "ACME-POD-009", each=parts)], resource({"parts": 1}), resource({}, name="b"))
        assert [(finding.rule.id, finding.resource.name) for finding in findings] == [
            ("ACME-POD-009", "app"),
            ("ACME-POD-001", "app"),
            ("ACME-POD-001", "b"),
        ]


class TestTypes:
    @pytest.mark.parametrize(
        ("types", "type_", "judged"),
        [
            ((POD,), POD, True),
            ((POD,), "kubernetes:core/v1:PodPatch", True),
            (("kubernetes:core/v1:PodPatch",), "kubernetes:core/v1:PodPatch", True),
            (("kubernetes:core/v1:PodPatch",), POD, False),
            ((POD,), "kubernetes:core/v1:PodTemplate", False),
            (("kubernetes:*",), NAMESPACE, True),
            (("kubernetes:*",), "aws:s3/bucket:Bucket", False),
            (("*",), "aws:s3/bucket:Bucket", True),
            (("gcp:*IAMMember",), "gcp:projects/iAMMember:IAMMember", True),
            (("gcp:*IAMMember",), "gcp:projects/iamMemberRemove:IamMemberRemove", False),
            (("gcp:*IAMMember",), "gcp:IAM", False),
            (("aws:s3/bucket:Bucket",), "aws:s3/bucketV2:BucketV2", True),
        ],
    )
    def test_a_rule_judges_its_types(self, types, type_, judged):
        def check(root):
            yield root.fail("", "seen")

        findings, _ = run([make(check, types=types)], resource({}, type_))
        assert bool(findings) is judged


REQUIRED = make(privileged)
RECOMMENDED = make(privileged, profile=Profile.RECOMMENDED)
OWN_KEY = make(privileged, profile=Profile.RECOMMENDED, tags=(KEY_CONTROL,))
PROPOSED = make(privileged, profile=Profile.NPRM_2025, proposed=(Proposed.ENCRYPTION,))
ALSO_PROPOSED = make(privileged, profile=Profile.RECOMMENDED, proposed=(Proposed.ENCRYPTION,))


class TestLevels:
    @pytest.mark.parametrize(
        ("judging", "required", "recommended", "strict", "nprm"),
        [
            pytest.param(REQUIRED, "mandatory", "mandatory", "mandatory", "mandatory", id="required"),
            pytest.param(RECOMMENDED, None, "advisory", None, None, id="recommended"),
            pytest.param(OWN_KEY, None, "advisory", "mandatory", None, id="a key of your own"),
            pytest.param(PROPOSED, None, None, None, "advisory", id="proposed only"),
            pytest.param(ALSO_PROPOSED, None, "advisory", None, "advisory", id="recommended and proposed"),
        ],
    )
    def test_of_each_profile(self, judging, required, recommended, strict, nprm):
        levels = {profile: level_of(judging, Settings(profile=profile)) for profile in Profile}
        expected = {Profile.REQUIRED: required, Profile.RECOMMENDED: recommended, Profile.STRICT: strict, Profile.NPRM_2025: nprm}
        assert levels == expected

    def test_a_rule_outside_the_profile_is_not_run(self):
        findings, summary = run([RECOMMENDED], resource({"privileged": True}))
        assert (findings, summary) == ([], {})
        assert Evaluation([RECOMMENDED, REQUIRED]).rules == (REQUIRED,)

    @pytest.mark.parametrize(
        ("value", "basis", "strict", "level"),
        [
            (UNKNOWN, Basis.PREVIEW, False, "advisory"),
            (UNKNOWN, Basis.UPDATE, False, "mandatory"),
            (UNKNOWN, Basis.STATE, False, "advisory"),
            (UNKNOWN, Basis.PREVIEW, True, "mandatory"),
            (7, Basis.PREVIEW, False, "advisory"),
            (7, Basis.UPDATE, False, "mandatory"),
            (Unknown(Reason.ENCRYPTED), Basis.UPDATE, False, "mandatory"),
            (Unknown(Reason.SIMULATED), Basis.UPDATE, False, "advisory"),
            (Unknown(Reason.EXTERNAL), Basis.UPDATE, False, "advisory"),
            (Unknown(Reason.EXTERNAL), Basis.UPDATE, True, "mandatory"),
        ],
    )
    def test_of_what_could_not_be_decided(self, value, basis, strict, level):
        [finding], _ = run([RULE], resource({"parts": value}), basis=basis, strict=strict)
        assert (finding.outcome, finding.level) == (Outcome.UNKNOWN, level)

    def test_of_an_advisory_rule_it_stays_advisory(self):
        [finding], _ = run([RECOMMENDED], resource({"privileged": 7}), basis=Basis.UPDATE, profile="recommended")
        assert (finding.outcome, finding.level) == (Outcome.UNKNOWN, Level.ADVISORY)


def test_findings_are_in_the_order_of_resources_and_rules():
    def check(root):
        yield root.fail("", "seen")

    rules = [make(check, f"ACME-POD-00{number}") for number in (3, 1, 2)]
    findings, _ = run(rules, resource({}, name="b"), resource({}, name="a"))
    assert [finding.resource.name + finding.rule.id[-1] for finding in findings] == ["b1", "b2", "b3", "a1", "a2", "a3"]


def test_a_finding_that_is_waived_does_not_violate():
    [finding], _ = run([RULE], resource({"parts": [{"privileged": True}]}))
    waived = dataclasses.replace(finding, waiver=Waived("Security officer", "accepted"))
    assert (finding.violates, waived.violates) == (True, False)
