"""The example of docs/checking.md is what `check` prints."""

import re
from pathlib import Path

from hipaa_stack.cli.main import run

PAGE = (Path(__file__).parents[2] / "docs/checking.md").read_text()


def test_the_example_is_what_check_prints(tmp_path, monkeypatch, capsys):
    (name, manifest) = re.search(r"With this in `(.*?)`\n\n```yaml\n(.*?)```", PAGE, re.DOTALL).groups()
    (line, shown) = re.search(r"```console\n\$ hipaa-stack (.*?)\n(.*?)```", PAGE, re.DOTALL).groups()
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(manifest)
    monkeypatch.chdir(tmp_path)
    assert run(line.split()) == 1
    assert capsys.readouterr().out == shown


def test_the_waiver_is_accepted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "waivers.yaml").write_text(re.search(r"```yaml\n(waivers:.*?)```", PAGE, re.DOTALL)[1])
    (tmp_path / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: falco-1}\nspec: {containers: [{name: a, image: a}]}\n")
    assert run(["check", "pod.yaml", "--select", "K8S-POD-001", "--waivers", "waivers.yaml"]) == 0
