"""Reports with every outcome, and one whose names are meant to do harm."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from hipaa_stack.evaluation import Finding, Level, Outcome
from hipaa_stack.reports import Report
from hipaa_stack.resources import Basis, Node, Resource, Violation
from hipaa_stack.rules import Cite, Rule, Severity, rule
from hipaa_stack.settings import Profile, Settings
from hipaa_stack.sources import Problem
from hipaa_stack.waivers import Waived


def make_rule(id_: str, severity: Severity, profile: Profile = Profile.REQUIRED, **more: object) -> Rule:
    @rule(
        id=id_,
        title=f"Title of {id_}",
        severity=severity,
        types=("kubernetes:*", "aws:*"),
        cites=(Cite("164.312(a)(1)", "it limits access"), Cite("164.312(b)", "it is recorded")),
        fix=f"Fix of {id_}.",
        profile=profile,
        tags=("nsa",),
        **more,
    )
    def check(node: Node) -> Iterator[Violation]:
        yield node.fail("spec", "message")

    return check


CRITICAL = make_rule("TEST-A-001", Severity.CRITICAL)
MEDIUM = make_rule("TEST-A-002", Severity.MEDIUM)
ADVISORY = make_rule("TEST-A-003", Severity.HIGH, Profile.RECOMMENDED)

WEB = Resource(
    "deploy/app.yaml#0",
    "kubernetes:apps/v1:Deployment",
    "web",
    {"metadata": {"name": "web", "namespace": "shop"}},
    source="deploy/app.yaml",
)
BUCKET = Resource("urn:pulumi:dev::app::aws:s3/bucket:Bucket::data", "aws:s3/bucket:Bucket", "data", {}, source="preview.json")

WAIVER = Waived("Security officer", "The sensor must see the kernel.", "RA-12", dt.date(2027, 10, 31))

Make = Callable[..., Report]


def report_of(
    findings: Sequence[Finding],
    *,
    problems: Sequence[Problem] = (),
    notices: Sequence[str] = (),
    strict: bool = False,
    lines: dict[str, int] | None = None,
) -> Report:
    counts = Counter("waived" if finding.waiver else finding.outcome.value for finding in findings)
    return Report(
        basis=Basis.MANIFEST,
        settings=Settings(profile=Profile.RECOMMENDED, strict=strict),
        rules=(CRITICAL, MEDIUM, ADVISORY),
        resources=2,
        findings=tuple(findings),
        counts={name: counts[name] for name in (*Outcome, "waived")},
        problems=tuple(problems),
        notices=tuple(notices),
        line=lambda finding: (lines or {}).get(finding.path),
    )


@pytest.fixture
def report() -> Report:
    """Every outcome, a waiver, an advisory finding, two files that could not be read and a notice."""
    mandatory, advisory = Level.MANDATORY, Level.ADVISORY
    return report_of(
        [
            Finding(CRITICAL, Outcome.FAIL, mandatory, WEB, "spec.containers[0]", "privileged is true"),
            Finding(CRITICAL, Outcome.FAIL, mandatory, WEB, "spec.containers[1]", "privileged is true", None, WAIVER),
            Finding(MEDIUM, Outcome.UNKNOWN, advisory, WEB, "spec.replicas", "known only after deployment"),
            Finding(ADVISORY, Outcome.PASS, advisory, WEB, "", "Title of TEST-A-003"),
            Finding(CRITICAL, Outcome.ERROR, mandatory, BUCKET, "", "the rule raised KeyError: please report it"),
            Finding(MEDIUM, Outcome.NOT_APPLICABLE, mandatory, BUCKET, "", "no website"),
            Finding(ADVISORY, Outcome.FAIL, advisory, BUCKET, "versioning", "versioning is off"),
        ],
        problems=[Problem("bad.yaml", 3, "not valid YAML: expected ':'"), Problem("gone.yaml", None, "no such file")],
        notices=["waiver of TEST-A-002 for x: covers no finding; remove it"],
        lines={"spec.containers[0]": 22, "spec.containers[1]": 31},
    )


HOSTILE = "=cmd|' /C calc'!A0 \x1b[2J\x9b31m \u202egnp.exe ]]> <b>&\"'\n\r\t\x00 \ud800 \U0001f4a3"
SOURCE = HOSTILE.replace("\0", "").replace("\ud800", "\udcff")
"""The name of a file: bytes that are no UTF-8 come as they do from the file system."""


@pytest.fixture
def hostile() -> Report:
    """Names, paths and messages that try to steer a terminal, a spreadsheet, XML and JSON."""
    resource = Resource(HOSTILE, f"kubernetes:{HOSTILE}:{HOSTILE}", HOSTILE, {"metadata": {"namespace": HOSTILE}}, source=SOURCE)
    waiver = Waived(HOSTILE, HOSTILE, HOSTILE, dt.date(2027, 1, 1))
    return report_of(
        [
            Finding(CRITICAL, outcome, Level.MANDATORY, resource, HOSTILE, HOSTILE, None, given)
            for given in (None, waiver)
            for outcome in Outcome
            if given is None or outcome is Outcome.FAIL
        ],
        problems=[Problem(SOURCE, 1, HOSTILE)],
        notices=[HOSTILE],
        lines={HOSTILE: 7},
    )
