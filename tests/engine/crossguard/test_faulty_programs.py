"""Small programs in real previews: whole, none is violated; with one fault, the pack names the rule of it and no other.

In `programs/` a fault stands as «RULE: good | bad», in several places where it takes more than one.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from hipaa_stack.sandbox.session import Options, Session
from tests.conftest import Box

pytestmark = pytest.mark.engine

PROGRAMS = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "programs").glob("*.txt"))}
FAULT = re.compile(r"«(?P<rule>[A-Z0-9-]+): (?P<good>[^|»]*) \| (?P<bad>[^»]*)»")
FAULTS = [(name, rule) for name, text in PROGRAMS.items() for rule in dict.fromkeys(found["rule"] for found in FAULT.finditer(text))]
SETTINGS = {"external_detection": True, "external_trail": True}
"""What such a small program cannot have: it is switched on elsewhere."""


def with_fault(text: str, rule: str = "") -> str:
    return FAULT.sub(lambda found: found["bad" if found["rule"] == rule else "good"], text)


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """One project for all programs, in one sandbox: a preview leaves nothing behind."""
    project = tmp_path_factory.mktemp("clinic")
    (project / "Pulumi.yaml").write_text("name: clinic\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"aws:region": "us-east-1", "gcp:project": "clinic"}}))
    (project / "hipaa-stack.yaml").write_text(json.dumps(SETTINGS))
    with Session(Options(directory=tmp_path_factory.mktemp("sandbox"), base_environment=dict(os.environ))) as session:
        opened = Box(session, project)
        opened.pulumi("stack", "init", "dev")
        yield opened


@pytest.fixture
def violated(box, run):
    """The mandatory findings of a preview: `violated(program)` gives rules."""

    def preview(program: str) -> list[str]:
        (box.project / "__main__.py").write_text(program)
        result = run(box, "preview", "--stack=dev")
        found = sorted({rule for rule, level, _ in result.said() if level == "mandatory"})
        assert bool(result.status) == bool(found), result.output + result.errors
        return found

    return preview


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_without_a_fault_passes(violated, name):
    assert violated(with_fault(PROGRAMS[name])) == []


@pytest.mark.parametrize(("name", "rule"), FAULTS)
def test_a_fault_is_named_and_nothing_else(violated, name, rule):
    assert violated(with_fault(PROGRAMS[name], rule)) == [rule]
