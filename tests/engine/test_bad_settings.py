"""Mistakes in the settings of a stack, through the real engine: one sentence, no traceback, and no call to a provider."""

import copy
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.engine

STACKS = Path(__file__).parents[2] / "stacks"
KEY = "hipaa-platform:platform"
SETTINGS = yaml.safe_load((STACKS / "Pulumi.small-production.yaml").read_text())["config"]


def with_mistake(path, value):
    """The settings of the stack, with another value at the path; `...` takes it away."""
    settings = copy.deepcopy(SETTINGS)
    holder = settings
    *way, last = [KEY, *path]
    for step in way:
        holder = holder[step]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return settings


MISTAKES = {
    "number": (["network", "az_count"], 9, f"{KEY}: network.az_count: got 9; accepted: 2 to 6. EKS needs two zones."),
    "duplicate": (["namespaces", 1, "name"], "clinic", f"{KEY}: namespaces[1].name: got 'clinic'; accepted: each name once."),
    "justification": (
        ["cluster", "node_groups", 0, "admin_container"],
        {"how_still_met": "We will explain this to the auditors in time.", "approver": "TBD"},
        f"{KEY}: cluster.node_groups[0].admin_container.approver: got 'TBD'; accepted: the name or role of the person who approved it.",
    ),
    "missing": (["cluster", "admin_principal_arns"], ..., f"{KEY}: cluster.admin_principal_arns: missing; accepted: a list, each item a"),
    "unknown": (["colour"], "red", f"{KEY}: colour: unknown argument; accepted: tags, ephemeral"),
    "list": ([], ["cluster_name"], f"{KEY}: args: got list; accepted: EksPlatformArgs or a mapping of its fields."),
    "layer": (["layer"], "HALF", f"{KEY}: layer: got 'HALF'; accepted: one of ALL, CLOUD, BASELINE."),
    "nothing": ([], ..., f"Missing required configuration variable '{KEY}'"),
}


@pytest.mark.parametrize(("command", "mistake"), [*(("preview", mistake) for mistake in MISTAKES), ("up", "number")])
def test_a_mistake_is_one_sentence_and_reaches_no_provider(sandbox, make_project, command, mistake):
    path, value, sentence = MISTAKES[mistake]
    settings = yaml.safe_dump({"config": with_mistake(path, value)})
    program = (STACKS / "__main__.py").read_text()
    box = sandbox(make_project({"__main__.py": program}, name="hipaa-platform", stacks={"prod": settings}))
    box.pulumi("stack", "select", "--create", "prod")

    refused = box.pulumi(command, *(["--yes", "--skip-preview"] if command == "up" else []), check=False)

    said = refused.stdout + refused.stderr
    assert refused.returncode not in (0, None)
    diagnostics = said.partition("Diagnostics:")[2].partition("Resources:")[0]
    assert diagnostics.count(sentence) == 1, said
    assert diagnostics.count("error: ") == 2, "the sentence, and Pulumi's own word that the program ended"
    assert "Traceback" not in said
    assert ".py" not in said
    assert [entry for entry in box.journal() if entry["rpc"] not in ("Configure", "CheckConfig")] == []
    assert [item["type"] for item in box.resources()] in ([], ["pulumi:pulumi:Stack"])
