"""Test tables: what a row may say, what a mistake is answered with, and how a rule is judged by them."""

from __future__ import annotations

import pytest

from hipaa_stack.evaluation import Outcome
from hipaa_stack.resources import Basis, Reason, Secret, Unknown
from hipaa_stack.rules import Cite, Proposed, Severity, rule
from hipaa_stack.settings import Profile
from hipaa_stack.testing import Case, Table, TableError, judge, missing_cases

POD = "kubernetes:core/v1:Pod"


def read(tmp_path, text):
    path = tmp_path / "rule.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Table.read(path)


ROW = "rule: ACME-POD-001\nrows:\n- "


class TestReading:
    def test_a_manifest(self, tmp_path):
        table = read(tmp_path, ROW + "{case: compliant, name: a pod, resource: {apiVersion: v1, kind: Pod, metadata: {name: app}}}")
        [row] = table.rows
        [resource] = row.stack().resources
        assert (row.case, row.outcome, row.basis) == (Case.COMPLIANT, Outcome.PASS, Basis.MANIFEST)
        assert (resource.type, resource.name, resource.outputs) == (POD, "app", None)
        assert resource.root.string("metadata.name") == "app"

    def test_any_resource(self, tmp_path):
        text = """{case: violating, name: a key, at: [a], basis: update, settings: {cluster_admins: [x]}, resources: [
            {type: "aws:kms/key:Key", name: key, inputs: {a: 1}, outputs: {b: 2}, protect: true, ignoreChanges: [tags], parent: p,
             provider: q, step: create, propertyDependencies: {a: [urn-1]}},
            {type: "aws:kms/alias:Alias", urn: "urn:mine"}]}"""
        [row] = read(tmp_path, ROW + text).rows
        key, alias = row.stack().resources
        assert (row.basis, row.settings.cluster_admins, row.outcome) == (Basis.UPDATE, ("x",), Outcome.FAIL)
        assert (key.urn, key.inputs, key.outputs) == ("urn:pulumi:test::test::aws:kms/key:Key::key", {"a": 1}, {"b": 2})
        assert (key.options.protect, key.options.ignore_changes, key.parent, key.provider, key.step) == (
            True,
            ("tags",),
            "p",
            "q",
            "create",
        )
        assert key.property_dependencies == {"a": ("urn-1",)}
        assert (alias.urn, alias.name, alias.inputs) == ("urn:mine", "resource-1", {})

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("!unknown", Unknown()),
            ("!unknown simulated", Unknown(Reason.SIMULATED)),
            ("!secret x", Secret("x")),
            ("!secret true", Secret(value=True)),
            ("!secret 7", Secret(7)),
            ("!secret '7'", Secret("7")),
            ("!secret {a: [1, !unknown ]}", Secret({"a": [1, Unknown()]})),
            ("!secret [x]", Secret(["x"])),
        ],
    )
    def test_unknown_and_secret_values(self, tmp_path, text, value):
        [row] = read(tmp_path, f"{ROW}{{case: absent, name: values, outcome: pass, resource: {{type: 't', inputs: {{a: {text} }}}}}}").rows
        assert row.stack().resources[0].inputs == {"a": value}

    def test_each_stack_is_fresh(self, tmp_path):
        [row] = read(tmp_path, ROW + "{case: compliant, name: a pod, resource: {type: t, inputs: {a: []}}}").rows
        row.stack().resources[0].inputs["a"].append(1)
        assert row.stack().resources[0].inputs == {"a": []}

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            pytest.param("{case: compliant, name: a pod}", "rows.0.resources", id="no resource"),
            pytest.param("{case: compliant, name: a pod, resources: []}", "at least 1 item", id="no resources"),
            pytest.param("{case: fine, name: a pod, resource: {type: t}}", "'compliant', 'violating', 'absent', 'wrong type'", id="case"),
            pytest.param("{case: [a], name: a pod, resource: {type: t}}", "rows.0.case", id="case of a wrong kind"),
            pytest.param("{case: violating, name: a pod, resource: {type: t}}", "at: missing; accepted: the paths", id="no place"),
            pytest.param("{case: absent, name: a pod, resource: {type: t}}", "rows.0.outcome", id="no outcome"),
            pytest.param(
                "{case: compliant, name: a pod, resource: {type: t}, resources: [{type: u}]}", "resource: given beside resources", id="both"
            ),
            pytest.param(
                "{case: compliant, name: a pod, resource: {a: !unknown later}}", "!unknown: got 'later'; accepted: computed", id="reason"
            ),
            pytest.param("{case: compliant, name: a pod, colour: red, resource: {type: t}}", "rows.0.colour", id="a key that no row has"),
            pytest.param("{case: compliant", "expected ',' or '}'", id="no YAML"),
            pytest.param("!!python/object:os.system {}", "could not determine a constructor", id="a tag of Python"),
        ],
    )
    def test_a_mistake_names_the_file_and_what_is_accepted(self, tmp_path, row, message):
        with pytest.raises(TableError) as caught:
            read(tmp_path, ROW + row)
        assert str(caught.value).startswith(f"{tmp_path}/rule.yaml: ")
        assert message in str(caught.value)

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"[]"])
    def test_a_file_that_is_no_table(self, tmp_path, content):
        with pytest.raises(TableError):
            read(tmp_path, content)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(TableError, match="No such file"):
            Table.read(tmp_path / "none.yaml")

    @pytest.mark.parametrize("resource", ["{kind: Pod}", "{type: t, colour: red}", "{}"])
    def test_a_resource_that_is_neither_form(self, tmp_path, resource):
        [row] = read(tmp_path, f"{ROW}{{case: compliant, name: a pod, resource: {resource}}}").rows
        with pytest.raises(TableError, match=r"resource 0: got .*; accepted: apiVersion and kind, or type with"):
            row.stack()


def test_missing_cases_are_those_neither_shown_nor_explained(tmp_path):
    text = "without: {absent: the schema requires it}\nrows:\n- {case: compliant, name: a pod, resource: {type: t}}"
    assert list(missing_cases(read(tmp_path, f"rule: ACME-POD-001\n{text}"))) == ["violating", "wrong type", "unknown"]


def privileged(root):
    for part in root.items("parts"):
        if part.boolean("privileged"):
            yield part.fail("privileged", "is privileged")


@pytest.mark.parametrize("profile", [Profile.REQUIRED, Profile.RECOMMENDED, Profile.NPRM_2025])
@pytest.mark.parametrize(
    ("parts", "outcome", "paths"),
    [
        ("[]", Outcome.PASS, [""]),
        ("[!unknown , {privileged: true}, {privileged: true}]", Outcome.FAIL, ["parts[1].privileged", "parts[2].privileged"]),
        ("[!unknown , {}]", Outcome.UNKNOWN, ["parts[0]"]),
    ],
)
def test_a_rule_is_judged_by_its_severest_outcome_in_every_profile(tmp_path, profile, parts, outcome, paths):
    judging = rule(
        id="ACME-POD-001",
        title="Privilege is absent",
        severity=Severity.HIGH,
        types=(POD,),
        cites=(Cite("164.312(a)(1)", "it limits access"),),
        fix="Remove it.",
        profile=profile,
        proposed=(Proposed.ENCRYPTION,),
    )(privileged)
    resources = f"[{{type: '{POD}', inputs: {{parts: {parts}}}}}, {{type: '{POD}', inputs: {{parts: [{{privileged: true}}]}}}}]"
    [row] = read(tmp_path, f"{ROW}{{case: compliant, name: pods, resources: {resources}}}").rows
    got, findings = judge(judging, row.stack(), row.settings)
    assert (got, [finding.path for finding in findings]) == (outcome, paths)


def test_a_resource_that_the_rule_does_not_judge_is_a_mistake_of_the_table(tmp_path):
    judging = rule(
        id="ACME-POD-001", title="Privilege is absent", severity=Severity.HIGH, types=(POD,), cites=(Cite("164.312(b)", "x"),), fix="x."
    )(privileged)
    [row] = read(tmp_path, f"{ROW}{{case: compliant, name: pods, resource: {{type: t}}}}").rows
    with pytest.raises(TableError, match="ACME-POD-001: judges kubernetes:core/v1:Pod, not t"):
        judge(judging, row.stack())
