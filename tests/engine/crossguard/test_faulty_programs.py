"""Small programs in real previews: whole, none is violated; with one fault, the pack names the rule of it and no other.

In `programs/` a fault stands as «RULE: good | bad», in several places where it takes more than one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from hipaa_stack.crossguard import pack_path
from hipaa_stack.sandbox.session import Options, Session

from .conftest import policy_events

pytestmark = pytest.mark.engine

PROGRAMS = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "programs").glob("*.txt"))}
FAULT = re.compile(r"«(?P<rule>[A-Z0-9-]+): (?P<good>[^|»]*) \| (?P<bad>[^»]*)»")
FAULTS = [(name, rule) for name, text in PROGRAMS.items() for rule in dict.fromkeys(found["rule"] for found in FAULT.finditer(text))]
SETTINGS = {"external_detection": True, "external_trail": True}
"""What such a small program cannot have: it is switched on elsewhere."""


def with_fault(text: str, rule: str = "") -> str:
    return FAULT.sub(lambda found: found["bad" if found["rule"] == rule else "good"], text)


@pytest.fixture(scope="module")
def violated(tmp_path_factory):
    """The mandatory findings of a preview: `violated(program)` gives rules."""
    project = tmp_path_factory.mktemp("clinic")
    (project / "Pulumi.yaml").write_text("name: clinic\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"aws:region": "us-east-1", "gcp:project": "clinic"}}))
    (project / "hipaa-stack.yaml").write_text(json.dumps(SETTINGS))
    with Session(Options(directory=tmp_path_factory.mktemp("sandbox"), base_environment=dict(os.environ))) as session:
        command = [str(session.directory / "bin" / "pulumi"), "--non-interactive"]
        subprocess.run([*command, "stack", "init", "dev"], cwd=project, env=session.environment, check=True, capture_output=True)

        def run(program: str) -> list[str]:
            (project / "__main__.py").write_text(program)
            events = project / "events.jsonl"
            events.unlink(missing_ok=True)
            flags = ["preview", "--stack=dev", f"--policy-pack={pack_path()}", f"--event-log={events}"]
            environment = session.environment | {"PULUMI_DEBUG_COMMANDS": "1"}
            done = subprocess.run(
                [*command, *flags], cwd=project, env=environment, text=True, capture_output=True, check=False, timeout=300
            )
            found = sorted({event["policyName"] for event in policy_events(events) if event["enforcementLevel"] == "mandatory"})
            assert bool(done.returncode) == bool(found), done.stdout + done.stderr
            return found

        yield run


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_without_a_fault_passes(violated, name):
    assert violated(with_fault(PROGRAMS[name])) == []


@pytest.mark.parametrize(("name", "rule"), FAULTS)
def test_a_fault_is_named_and_nothing_else(violated, name, rule):
    assert violated(with_fault(PROGRAMS[name], rule)) == [rule]
