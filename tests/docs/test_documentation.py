"""The documentation holds: generated pages are fresh, links lead somewhere, examples run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_generated_pages_are_fresh():
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text()
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in target]
    assert [target for target in targets if not ((ROOT / page).parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_nothing_is_called_compliant(page):
    claims = re.findall(
        r"(?i)[^.\n]*\b(?:hipaa[- ]compliant|fully compliant|certified|ensures? compliance)\b[^.\n]*", (ROOT / page).read_text()
    )
    assert claims == []


def test_the_readme_names_every_command_that_make_has():
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named <= targets
    assert {"demo", "test"} <= named


def test_the_example_of_the_readme_previews(make_project, sandbox, local_kubernetes):
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert example
    project = make_project({"__main__.py": example[1]}, stacks={"dev": "config:\n  aws:region: us-east-1\n"})
    local_kubernetes.kubeconfig(project / "kubeconfig")
    box = sandbox(project, kubernetes=local_kubernetes)
    shown = box.pulumi("preview", "--stack", "dev").stdout
    assert "hipaa:index:AwsEncryptionKey" in shown
    assert "hipaa:index:HardenedNamespace" in shown


@pytest.mark.parametrize("stack", ["dev", "small-production", "regulated-production-cloud"])
def test_the_table_of_stacks_is_true(stack):
    settings = yaml.safe_load((ROOT / f"stacks/Pulumi.{stack}.yaml").read_text())["config"]["hipaa-platform:platform"]
    page = (ROOT / "docs/first-cluster.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    header = next(index for index, row in enumerate(rows) if "dev" in row)
    column = rows[header].index(stack.removesuffix("-cloud"))
    table = {row[0]: row[column] for row in rows[header + 2 :] if len(row) > column}
    group = settings["cluster"]["node_groups"][0]
    low, high = group["min_size"], group["max_size"]
    assert table["data"].upper() == settings["data_classification"]
    assert table["stacks"] == ("two: cloud and baseline" if "layer" in settings else "one")
    assert table["zones"] == str(settings["network"]["az_count"])
    assert table["nodes"] == f"{low if low == high else f'{low} to {high}'} x {group['instance_types'][0]}"
    assert ("NAT" in table["way out"]) == ("nat_egress" in settings["network"])
    ways = {"existing": "a peering", "ssm": "sessions of Systems Manager", "client_vpn": "client VPN", "runner": "a runner"}
    assert table["way in"] == ", ".join(ways[way] for access in settings["access"] for way in access)
    kept = "a bucket of another account" if "existing_archive" in settings.get("archive", {}) else "a bucket of its own"
    assert table["archive"] == ("one day" if "ephemeral" in settings else kept)
    assert (table["destroy"] == "leaves nothing") == ("ephemeral" in settings)
