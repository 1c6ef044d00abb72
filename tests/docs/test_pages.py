"""What pages show is true: examples of rules give the findings that they claim, YAML parses, commands exist."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from hipaa_stack.cli.main import _VERBS as VERBS
from hipaa_stack.cli.main import run
from hipaa_stack.rules import catalogue

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


class AnyTag(yaml.SafeLoader):
    """Takes the tags of test tables."""


AnyTag.add_multi_constructor("!", lambda _loader, tag, _node: tag)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "yaml")], ids=str)
def test_yaml_parses(page):
    for block in blocks(page, "yaml"):
        assert all(document is not None for document in yaml.load_all(block, Loader=AnyTag))


def test_every_rule_has_a_page():
    assert {path.stem for path in (ROOT / "docs/rules").glob("*.md")} == {rule.id for rule in catalogue()} | {"README"}


def example(rule, heading):
    """The first example under a heading of a rule's page, if it can be written to a file and checked."""
    text = (ROOT / f"docs/rules/{rule.id}.md").read_text()
    section = re.search(rf"^## {heading}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
    found = re.search(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    if not found or "with these settings" in section or not all("kind" in each for each in yaml.safe_load_all(found[1])):
        pytest.skip("not an example of manifests alone")
    return found[1], re.findall(r"`([^`]+)`", section.partition("\nat ")[2])


def findings(rule, manifests, folder):
    """Outcome and path of what `hipaa-stack check` says by a rule."""
    (folder / "example.yaml").write_text(manifests)
    options = ["--select", rule.id, "--profile", str(rule.profile), "--format", "json", "--out", str(folder / "found.json")]
    assert run(["check", str(folder / "example.yaml"), *options]) in (0, 1)
    return [(finding["outcome"], finding["path"]) for finding in json.loads((folder / "found.json").read_text())["findings"]]


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_the_violating_example_violates_where_the_page_says(rule, tmp_path):
    manifests, paths = example(rule, "Violates")
    found = findings(rule, manifests, tmp_path)
    assert {("fail", path) for path in paths} <= set(found)


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_the_passing_example_passes(rule, tmp_path):
    manifests, _ = example(rule, "Passes")
    assert findings(rule, manifests, tmp_path) == []


def commands(page):
    """Every command line of ours that a page shows: in shell blocks, in YAML, and between backticks."""
    text = (ROOT / page).read_text().replace("\\\n", " ")
    shown = re.findall(r"hipaa-stack (?:[a-z-]+(?: |$)[^`\n|;)>]*)", re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
    return [line for line in shown if line.split()[1].rstrip(".,:") in VERBS]


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=str)
def test_options_of_commands_exist(page, capsys):
    for line in commands(page):
        words = shlex.split(line.replace('"', "").replace("'", ""), comments=True)
        own = words[: words.index("--")] if "--" in words else words
        run([own[1], "--help"])
        shown = capsys.readouterr().out
        for option in (word for word in own[2:] if word.startswith("--")):
            assert option in shown, f"{page}: {line}"


def test_workflows_pin_actions_like_ours_and_ask_for_little():
    workflow = next(block for block in blocks("docs/ci.md", "yaml") if "runs-on" in block)
    ours = (ROOT / ".github/workflows/ci.yml").read_text()
    used = re.findall(r"uses: (\S+@\S+ # \S+)", workflow)
    assert used
    assert [pin for pin in used if pin not in ours] == []
    parsed = yaml.safe_load(workflow)
    assert parsed["permissions"] == {"contents": "read"}
    assert [job["permissions"] for job in parsed["jobs"].values()] == [{"contents": "read", "security-events": "write"}]
    assert "secrets." not in workflow
    assert "pull_request_target" not in workflow
