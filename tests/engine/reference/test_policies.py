"""The reference stacks pass every required rule, in previews and updates with the policy pack, and in their states."""

import json
from pathlib import Path

import pytest

from hipaa_stack.cli.main import run
from hipaa_stack.crossguard import pack_path

pytestmark = pytest.mark.engine

STACKS = ("dev", "small-production", "regulated-production-cloud")


def reported(stack, tmp_path: Path, *command: str):
    """What the pack says in a command that must succeed: `(rule, level, start of the message)` of everything that binds or is waived."""
    events = tmp_path / "events.jsonl"
    events.unlink(missing_ok=True)
    flags = (f"--policy-pack={pack_path()}", f"--event-log={events}")
    stack.pulumi(*command, *flags, env={"PULUMI_DEBUG_COMMANDS": "1"})
    found = [event["policyEvent"] for event in map(json.loads, events.read_text().splitlines()) if "policyEvent" in event]
    assert found, "the pack has run"
    return found


def waived(found):
    return {(event["policyName"], event["resourceUrn"].split("::")[-1]) for event in found if "waived" in event["message"]}


UNPROTECTED = {
    ("PUL-STACK-001", f"clinic-dev-{part}")
    for part in (
        *("archive-access", "archive-archive", "archive-landing"),
        *("logs-/aws/eks/clinic-dev/cluster", "logs-/hipaa-stack/clinic-dev/trail"),
        *("cluster-cluster", "logs-key", "secrets-key", "volumes-key"),
    )
}
"""What the dev stack leaves unprotected on purpose: it holds synthetic data, and says so in its settings."""

WAIVED = {"dev": UNPROTECTED, "regulated-production-cloud": {("K8S-RUN-001", "clinic-cluster-cluster")}}
"""By stack: the agent that watches nodes of the regulated platform is in the stack of its baseline."""


@pytest.mark.parametrize("name", STACKS)
def test_a_preview_has_no_violation(reference, tmp_path, name):
    found = reported(reference(name, kubernetes=False), tmp_path, "preview")
    assert [event for event in found if event["enforcementLevel"] != "advisory"] == []
    assert waived(found) == WAIVED.get(name, set())


def test_an_update_has_no_violation_and_leaves_nothing_undecided(reference, tmp_path, capsys):
    stack = reference("dev")
    found = reported(stack, tmp_path, "up", "--yes", "--skip-preview", "--suppress-outputs")
    assert [event for event in found if event["enforcementLevel"] != "advisory"] == []
    assert [event["message"] for event in found if "undecided" in event["message"]] == []
    # Only a preview cannot tell yet that the access log of the buckets is no audit log itself.
    assert waived(found) == UNPROTECTED - {("PUL-STACK-001", "clinic-dev-archive-access")}
    state = tmp_path / "state.json"
    state.write_text(stack.pulumi("stack", "export").stdout)
    assert run(["check", str(state), "--format", "json"]) == 0
    summary = json.loads(capsys.readouterr().out)["summary"]
    assert (summary["fail"], summary["error"], summary["waived"]) == (0, 0, len(waived(found)))
