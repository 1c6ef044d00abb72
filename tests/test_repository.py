"""What holds for the files of the repository: no machine in them, tools that agree, CI with the least permission."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[1]
TARGETS = {"demo", "test", "lint", "bench", "docs", "clean", "testbed", "venv", "constraints"}

# Joined here, so that this file does not hold what it looks for.
MACHINE_PATHS = tuple(
    "/".join(("", *parts)) for parts in (("work", "main"), ("work", "shared"), ("root", ""), ("tmp", "prime"), ("opt", "wheels"))
)
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("registry", "npmjs", "org"),
        ("static", "crates", "io"),
        ("repo1", "maven", "org"),
    )
)


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    return [CHECKOUT / name for name in listed.split("\0") if name and (CHECKOUT / name).is_file()]


def holders(words: tuple[str, ...]) -> list[str]:
    """`file: word` for each committed file that holds one of the words."""
    found = []
    for path in committed():
        text = path.read_text(errors="replace")
        found += [f"{path.relative_to(CHECKOUT)}: {word}" for word in words if word in text]
    return found


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert holders(MACHINE_PATHS) == []


def test_no_file_names_a_package_registry() -> None:
    assert holders(REGISTRY_HOSTS) == []


def test_the_search_itself_finds() -> None:
    assert any(line.startswith("Makefile: ") for line in holders(("testbed/build.py",)))


class TestMakefile:
    text = (CHECKOUT / "Makefile").read_text()

    def test_every_target_that_users_call_has_a_line_of_help(self) -> None:
        phony = set(re.findall(r"^\.PHONY: (.*)$", self.text, re.MULTILINE)[0].split())
        explained = set(re.findall(r"^([a-z]+):.*## \S", self.text, re.MULTILINE))
        assert explained >= TARGETS
        assert phony - explained == {"python"}

    def test_make_alone_shows_them(self) -> None:
        shown = subprocess.run(["make"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
        assert {line.split()[1] for line in shown.splitlines()} >= TARGETS

    @pytest.mark.parametrize(
        ("python", "said"),
        [
            pytest.param("no-such-python", "no no-such-python on PATH; Python 3.11 or newer is needed", id="missing"),
            pytest.param("{folder}/old", "/old is Python 3.9.1, but 3.11 or newer is needed", id="old"),
        ],
    )
    def test_another_python_is_refused_with_the_way_out(self, tmp_path: Path, python: str, said: str) -> None:
        old = tmp_path / "old"
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1\nexit 1\n')
        old.chmod(0o755)
        command = ["make", f"PYTHON={python.format(folder=tmp_path)}", "venv"]
        result = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        assert result.returncode != 0
        assert said in result.stderr
        assert "make PYTHON=python3.12" in result.stderr


class TestWorkflow:
    workflow: Any = yaml.safe_load((CHECKOUT / ".github/workflows/ci.yml").read_text())
    lines = (CHECKOUT / ".github/workflows/ci.yml").read_text().splitlines()

    def test_actions_are_pinned_by_commit_with_their_version(self) -> None:
        uses = [line for line in self.lines if "uses:" in line]
        assert uses
        assert not [line for line in uses if not re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)]

    def test_an_action_has_one_version(self) -> None:
        pins = {line.split("uses: ")[1] for line in self.lines if "uses:" in line}
        assert len(pins) == len({pin.split("@")[0] for pin in pins})

    def test_it_may_read_the_contents_and_nothing_else(self) -> None:
        assert self.workflow["permissions"] == {"contents": "read"}
        assert not [name for name, job in self.workflow["jobs"].items() if "permissions" in job]

    def test_it_needs_no_secret_and_keeps_no_credentials(self) -> None:
        assert "secrets." not in "\n".join(self.lines)
        steps = [step for job in self.workflow["jobs"].values() for step in job["steps"]]
        checkouts = [step for step in steps if "actions/checkout" in step.get("uses", "")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)

    def test_it_never_runs_for_a_foreign_branch_with_our_rights(self) -> None:
        # YAML reads the key `on` as true.
        assert set(self.workflow[True]) == {"push", "pull_request"}

    def test_every_job_ends_in_time(self) -> None:
        assert all(job["timeout-minutes"] <= 90 for job in self.workflow["jobs"].values())

    def test_the_pythons_are_those_of_the_package(self) -> None:
        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
        supported = [
            line.rsplit(" ", 1)[1] for line in project["classifiers"] if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", line)
        ]
        assert self.workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == supported


def test_ci_lints_then_tests_and_ends_with_the_count() -> None:
    script = CHECKOUT / ".ci/run"
    commands = [line for line in script.read_text().splitlines() if line.startswith(("make", "exec make"))]
    assert commands == ["make lint", "exec make test"]
    assert script.stat().st_mode & 0o111


def test_constraints_hold_everything_that_is_asked_for_with_hashes() -> None:
    spec = importlib.util.spec_from_file_location("constraints", CHECKOUT / "testbed/constraints.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    entries = re.split(r"\n(?=[a-z0-9])", (CHECKOUT / "constraints.txt").read_text())[1:]
    pinned = {entry.split("==")[0] for entry in entries}
    asked = {re.split(r"[<>=\[ ]", line.lower())[0] for line in module.requirements()}
    assert asked
    assert asked <= pinned
    assert all("--hash=sha256:" in entry for entry in entries)


CORE = sorted(
    ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
    for path in (CHECKOUT / "hipaa_stack").rglob("*.py")
    if not {"sandbox", "crossguard", "__main__.py"} & set(path.relative_to(CHECKOUT / "hipaa_stack").parts)
)


def test_no_module_of_the_core_loads_pulumi() -> None:
    """Lint sees who imports what; only running it shows what is loaded when the command line starts."""
    assert "hipaa_stack.baseline" in CORE
    heavy = "{'pulumi', 'pulumi_aws', 'pulumi_gcp', 'pulumi_kubernetes', 'grpc', 'hipaa_components'}"
    program = f"import importlib, sys\nfor name in {CORE!r}:\n    importlib.import_module(name)\n    loaded = {heavy} & set(sys.modules)\n"
    program += "    assert not loaded, f'{name} loads {sorted(loaded)}'\n"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr.splitlines()[-1]
