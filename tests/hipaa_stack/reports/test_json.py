"""The contract hipaa-stack/findings/v1."""

import io
import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from hipaa_stack import __version__
from hipaa_stack.reports import write

SCHEMA = json.loads(files("hipaa_stack.reports").joinpath("findings.schema.json").read_bytes())


def closed(schema):
    """The schema without room for fields that it does not name: ours are all described."""
    if isinstance(schema, dict):
        extra = {"additionalProperties": False} if "properties" in schema else {}
        return {key: closed(value) for key, value in schema.items()} | extra
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


VALIDATOR = Draft202012Validator(closed(SCHEMA), format_checker=FormatChecker())


def loaded(report):
    out = io.StringIO()
    write(report, "json", out)
    return json.loads(out.getvalue())


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("which", ["report", "hostile"])
def test_every_report_is_valid(request, which):
    VALIDATOR.validate(loaded(request.getfixturevalue(which)))


def test_a_report_without_findings_is_valid(report):
    object.__setattr__(report, "findings", ())
    document = loaded(report)
    VALIDATOR.validate(document)
    assert document["findings"] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"schema": "hipaa-stack/findings/v2"},
        {"basis": "guess"},
        {"observed_at": 0},
        {"summary": {"resources": 1}},
        {"findings": [{}]},
        {"more": 1},
    ],
)
def test_the_schema_refuses_anything_else(report, broken):
    assert not VALIDATOR.is_valid(loaded(report) | broken)


def test_the_summary_counts_and_the_findings_say_all(report):
    document = loaded(report)
    assert {key: value for key, value in document.items() if key not in ("findings", "statement")} == {
        "schema": "hipaa-stack/findings/v1",
        "tool": {"name": "hipaa-stack", "version": __version__},
        "basis": "manifest",
        "observed_at": None,
        "profile": "recommended",
        "strict": False,
        "summary": {
            "resources": 2,
            "rules": 3,
            "pass": 1,
            "fail": 2,
            "unknown": 1,
            "not_applicable": 1,
            "error": 1,
            "waived": 1,
        },
        "problems": [
            {"source": "bad.yaml", "line": 3, "message": "not valid YAML: expected ':'"},
            {"source": "gone.yaml", "line": None, "message": "no such file"},
        ],
        "notices": ["waiver of TEST-A-002 for x: covers no finding; remove it"],
    }
    assert document["findings"][1] == {
        "rule": "TEST-A-001",
        "outcome": "fail",
        "severity": "critical",
        "level": "mandatory",
        "resource": {
            "id": "deploy/app.yaml#0",
            "type": "kubernetes:apps/v1:Deployment",
            "name": "web",
            "namespace": "shop",
            "source": "deploy/app.yaml",
            "line": 31,
        },
        "path": "spec.containers[1]",
        "message": "privileged is true",
        "citations": ["164.312(a)(1)", "164.312(b)"],
        "tags": ["nsa"],
        "fix": "Fix of TEST-A-001.",
        "waiver": {
            "by": "Security officer",
            "justification": "The sensor must see the kernel.",
            "risk_analysis_ref": "RA-12",
            "expires": "2027-10-31",
        },
    }
    assert document["findings"][-1]["resource"]["line"] is None
    assert document["findings"][-1]["waiver"] is None


def test_hostile_names_are_kept_but_for_halves_of_surrogate_pairs(hostile):
    name = loaded(hostile)["findings"][0]["resource"]["name"]
    assert name == hostile.findings[0].resource.name.replace("\ud800", "\ufffd")
