"""A run: evaluated, waived, sorted, and what of it counts."""

import dataclasses
import datetime as dt

import pytest

from hipaa_stack.evaluation import Level, Outcome
from hipaa_stack.reports import Report
from hipaa_stack.resources import Resource, Stack
from hipaa_stack.rules import Cite, Severity, rule
from hipaa_stack.settings import Settings
from hipaa_stack.sources import Input

TODAY = dt.date(2026, 11, 25)


@rule(
    id="TEST-B-001",
    title="Nothing is listed",
    severity=Severity.LOW,
    types=("test:*",),
    cites=(Cite("164.312(a)(1)", "it limits access"),),
    fix="List nothing.",
)
def listed(node):
    for path in node.strings("paths"):
        yield node.fail(path.partition("=")[0], path)


def made(*resources):
    return Report.of(Input(Stack(resources), (), {}), [listed], Settings(), TODAY)


def resource(urn, source="", document=0, paths=()):
    return Resource(urn, "test:a:A", urn, {"paths": list(paths)}, source=source, document=document)


def test_findings_are_in_the_order_of_source_document_resource_path_and_message():
    report = made(
        resource("b#10", "b", 10, ["x"]),
        resource("b#2", "b", 2, ["y", "x=2", "x=1"]),
        resource("z", "a", 0, ["x"]),
        resource("y", "a", 0, ["x"]),
    )
    assert [(finding.resource.urn, finding.message) for finding in report.findings] == [
        ("y", "x"),
        ("z", "x"),
        ("b#2", "x=1"),
        ("b#2", "x=2"),
        ("b#2", "y"),
        ("b#10", "x"),
    ]


@pytest.mark.parametrize(
    ("outcome", "level", "strict", "counts"),
    [
        (Outcome.FAIL, Level.MANDATORY, False, True),
        (Outcome.FAIL, Level.ADVISORY, False, False),
        (Outcome.FAIL, Level.ADVISORY, True, True),
        (Outcome.UNKNOWN, Level.MANDATORY, False, False),
        (Outcome.UNKNOWN, Level.ADVISORY, True, True),
        (Outcome.PASS, Level.MANDATORY, True, False),
        (Outcome.NOT_APPLICABLE, Level.MANDATORY, True, False),
        (Outcome.ERROR, Level.MANDATORY, True, False),
    ],
)
def test_what_counts(report, outcome, level, strict, counts):
    finding = dataclasses.replace(report.findings[0], outcome=outcome, level=level)
    assert dataclasses.replace(report, findings=(finding,), settings=Settings(strict=strict)).violated(Severity.LOW) is counts


def test_what_is_waived_never_counts(report):
    assert not dataclasses.replace(report, findings=report.findings[1:2], settings=Settings(strict=True)).violated(Severity.LOW)
