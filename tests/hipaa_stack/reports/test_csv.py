"""Rows for spreadsheets."""

import csv
import io

import pytest

from hipaa_stack.evaluation import FOOTER
from hipaa_stack.reports import write
from hipaa_stack.reports.csv import cell


def rows(report):
    out = io.StringIO()
    write(report, "csv", out)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline=""), strict=True))


def test_each_finding_each_problem_and_the_footer_is_a_row(report):
    assert [(row["outcome"], row["rule"], row["source"], row["line"]) for row in rows(report)] == [
        ("fail", "TEST-A-001", "deploy/app.yaml", "22"),
        ("waived", "TEST-A-001", "deploy/app.yaml", "31"),
        ("unknown", "TEST-A-002", "deploy/app.yaml", ""),
        ("pass", "TEST-A-003", "deploy/app.yaml", ""),
        ("error", "TEST-A-001", "preview.json", ""),
        ("not_applicable", "TEST-A-002", "preview.json", ""),
        ("fail", "TEST-A-003", "preview.json", ""),
        ("unreadable", "", "bad.yaml", "3"),
        ("unreadable", "", "gone.yaml", ""),
        ("note", "", "", ""),
    ]
    assert rows(report)[-1]["message"] == FOOTER


def test_a_row_says_all(report):
    assert rows(report)[1] == {
        "outcome": "waived",
        "severity": "critical",
        "level": "mandatory",
        "rule": "TEST-A-001",
        "title": "Title of TEST-A-001",
        "source": "deploy/app.yaml",
        "line": "31",
        "type": "kubernetes:apps/v1:Deployment",
        "namespace": "shop",
        "name": "web",
        "path": "spec.containers[1]",
        "message": "privileged is true",
        "citations": "164.312(a)(1) 164.312(b)",
        "fix": "Fix of TEST-A-001.",
        "waived_by": "Security officer",
        "justification": "The sensor must see the kernel.",
        "expires": "2027-10-31",
    }


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "-"])
def test_no_cell_is_a_formula(text):
    assert cell(text) == f"'{text}"


def test_no_cell_of_hostile_names_is_a_formula(hostile):
    cells = [value for row in rows(hostile) for value in row.values()]
    assert cells
    assert not [value for value in cells if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
