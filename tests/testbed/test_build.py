"""What a user of `make testbed` sees, with a fake `go` in place of the real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import SCRIPTS, Bed, alive, wait_for

GOOD_PULUMI = "#!/bin/sh\necho v3.257.0\n"


def test_a_build_makes_every_program_and_links_it(testbed: Bed) -> None:
    result = testbed.run()
    assert result.returncode == 0, result.stderr
    assert "store: building stored (the store); about 1 min" in result.stdout
    assert "store: built in " in result.stdout
    for name in ("stored", "pulumi", "pulumi-exec"):
        program = testbed.home / "bin" / name
        assert program.is_file()
        assert os.access(program, os.X_OK)
    folders = [testbed.folder_of("store").name, testbed.folder_of("pulumi").name]
    assert testbed.left() == set(folders)
    assert (testbed.home / "bin" / "stored").readlink() == Path("..", folders[0], "stored")


def test_flags_of_the_table_reach_go(testbed: Bed) -> None:
    testbed.run("store")
    assert [call.split()[:3] for call in testbed.calls("build")] == [["build", "-v", "-ldflags=-w"]]
    assert testbed.calls("build")[0].endswith(" example.org/store")


def test_a_second_run_does_nothing_and_needs_no_go(testbed: Bed) -> None:
    testbed.run()
    before = testbed.calls("")
    (testbed.root / "path" / "go").unlink()
    result = testbed.run()
    assert (result.returncode, result.stdout) == (0, "store: cached\npulumi: cached\n")
    assert testbed.calls("") == before


def test_a_link_that_was_lost_comes_back(testbed: Bed) -> None:
    testbed.run()
    (testbed.home / "bin" / "stored").unlink()
    testbed.run()
    assert (testbed.home / "bin" / "stored").is_file()


def append(name: str, text: str) -> Callable[[Path], None]:
    def change(scripts: Path) -> None:
        path = scripts / name
        path.write_text(path.read_text() + text)

    return change


def replace(old: str, new: str) -> Callable[[Path], None]:
    def change(scripts: Path) -> None:
        path = scripts / "binaries.toml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


@pytest.mark.parametrize(
    ("group", "change", "rebuilds"),
    [
        pytest.param("store", append("store/go.mod", "require example.org/a v1.0.0\n"), True, id="go.mod"),
        pytest.param("store", append("store/go.sum", "example.org/a v1.0.0 h1:x\n"), True, id="go.sum"),
        pytest.param("extra", append("extra/main.go", "func main() {}\n"), True, id="main.go"),
        pytest.param("store", replace("-ldflags=-w", "-ldflags=-s"), True, id="flags"),
        pytest.param("store", replace('name = "stored"', 'name = "storage"'), True, id="name"),
        pytest.param("pulumi", replace("cmd/pulumi-exec", "cmd/other"), True, id="script"),
        pytest.param("store", replace("the store", "a store"), False, id="description"),
        pytest.param("store", append("pulumi/go.mod", "require example.org/a v1.0.0\n"), False, id="another group"),
    ],
)
def test_the_folder_follows_what_is_built(testbed: Bed, group: str, change: Callable[[Path], None], rebuilds: bool) -> None:
    before = testbed.folder_of(group)
    change(testbed.scripts)
    assert (testbed.folder_of(group) != before) == rebuilds


def test_the_links_follow_the_newest_build(testbed: Bed) -> None:
    testbed.run("store")
    append("store/go.mod", "// newer\n")(testbed.scripts)
    testbed.run("store")
    assert "newer" in (testbed.home / "bin" / "stored").read_text()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        pytest.param(
            "dial tcp: lookup proxy.example: no such host", ["does not answer", "no such host", "resumes at this step"], id="network"
        ),
        pytest.param("GET https://proxy.example: 503 Service Unavailable", ["does not answer", "resumes at this step"], id="proxy"),
        pytest.param("main.go:3:1: syntax error: unexpected EOF", ["go ended with an error", "unexpected EOF", "git status"], id="compile"),
        pytest.param("compile: signal: killed", ["memory runs out", "GOMAXPROCS=1"], id="memory"),
        pytest.param("write x: no space left on device", ["the disk is full", "GOCACHE"], id="disk"),
        pytest.param(
            "go.mod requires go >= 1.27 (running go 1.26.8; x)",
            ["older than a module asks for", "Install the Go that it asks for"],
            id="module wants newer go",
        ),
    ],
)
def test_a_failed_build_says_why_and_leaves_nothing(testbed: Bed, output: str, said: list[str]) -> None:
    failed = testbed.run(FAKE_GO_FAILS=output)
    assert failed.returncode == 1
    assert failed.stderr.startswith("testbed: store (stored): ")
    for text in said:
        assert text in failed.stderr
    assert "Traceback" not in failed.stderr
    assert testbed.left() == set()
    assert testbed.run().returncode == 0


def test_what_was_built_before_the_failure_is_kept(testbed: Bed) -> None:
    testbed.run("store")
    failed = testbed.run(FAKE_GO_FAILS="connection refused")
    assert "store: cached" in failed.stdout
    assert "testbed: pulumi (pulumi): " in failed.stderr
    assert testbed.left() == {testbed.folder_of("store").name}


def test_a_script_that_its_module_lacks_is_named(testbed: Bed) -> None:
    replace("cmd/pulumi-exec", "cmd/other")(testbed.scripts)
    result = testbed.run("pulumi")
    assert result.returncode == 1
    assert "module example.org/sdk has no cmd/other" in result.stderr
    assert testbed.left() == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_build_ends_its_children_and_leaves_nothing(testbed: Bed, number: signal.Signals) -> None:
    process = testbed.start(FAKE_GO_SLEEPS="60")
    children = testbed.children()
    process.send_signal(number)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 128 + number
    assert "interrupted" in errors
    assert "Traceback" not in errors
    wait_for(lambda: not any(alive(child) for child in children))
    assert testbed.left() == set()
    assert testbed.run().returncode == 0


def test_a_killed_build_leaves_no_lock_and_the_next_one_cleans_up(testbed: Bed) -> None:
    process = testbed.start("store", FAKE_GO_SLEEPS="60")
    children = testbed.children()
    process.kill()
    process.communicate(timeout=15)
    assert testbed.left() == {".store.draft"}
    result = testbed.run("store")
    os.killpg(children[0], signal.SIGKILL)
    assert result.returncode == 0, result.stderr
    assert "waiting" not in result.stdout
    assert testbed.left() == {testbed.folder_of("store").name}


def test_two_builds_at_once_build_once(testbed: Bed) -> None:
    first = testbed.start("store", FAKE_GO_SLEEPS="1")
    testbed.children()
    second = testbed.start("store")
    first_output, _ = first.communicate(timeout=15)
    second_output, _ = second.communicate(timeout=15)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "store: built in" in first_output
    assert "store: another process is at work on it; waiting" in second_output
    assert "store: built meanwhile by the other process" in second_output
    assert len(testbed.calls("build")) == 1


def test_a_wait_ends_with_the_other_process(testbed: Bed) -> None:
    first = testbed.start("store", FAKE_GO_SLEEPS="60")
    children = testbed.children()
    second = testbed.start("store")
    assert second.stdout is not None
    assert "waiting" in second.stdout.readline()
    first.kill()
    first.communicate(timeout=15)
    second.communicate(timeout=15)
    os.killpg(children[0], signal.SIGKILL)
    assert second.returncode == 0


@pytest.mark.parametrize(
    ("pulumi", "go_version", "said"),
    [
        pytest.param(None, None, ["no `go` on PATH, and no `pulumi` either", "store", "pulumi", "Install Go 1.26"], id="neither"),
        pytest.param(
            GOOD_PULUMI, None, ["no `go` on PATH;", "store", "pulumi 3.257.0 on PATH is enough", "Install Go 1.26"], id="pulumi alone"
        ),
        pytest.param("#!/bin/sh\necho v3.248.9\n", None, ["no `pulumi` either", "Install Go 1.26"], id="old pulumi alone"),
        pytest.param(None, "go1.25.9", ["Go 1.25.9 (", "is too old", "Install Go 1.26"], id="old go"),
        pytest.param(None, "devel", ["does not say its version", "Install Go 1.26"], id="strange go"),
    ],
)
def test_missing_tools_are_named_with_what_to_install(testbed: Bed, pulumi: str | None, go_version: str | None, said: list[str]) -> None:
    if pulumi:
        testbed.program("pulumi", pulumi)
    if go_version:
        testbed.variables["FAKE_GO_VERSION"] = go_version
    else:
        (testbed.root / "path" / "go").unlink()
    result = testbed.run()
    assert result.returncode == 1
    for text in said:
        assert text in result.stderr
    assert "Traceback" not in result.stderr
    assert not testbed.calls("build")


def test_a_good_pulumi_on_path_is_used_instead(testbed: Bed) -> None:
    testbed.program("pulumi", GOOD_PULUMI)
    result = testbed.run()
    assert "pulumi: 3.257.0 on PATH is used, none is built" in result.stdout
    assert testbed.left() == {testbed.folder_of("store").name}
    assert testbed.run("--path").stdout.strip() == str(testbed.folder_of("store"))


@pytest.mark.parametrize(
    "text",
    [pytest.param("#!/bin/sh\necho v3.248.9\n", id="old"), pytest.param("#!/bin/sh\nexit 3\n", id="broken")],
)
def test_another_pulumi_on_path_is_not_used(testbed: Bed, text: str) -> None:
    testbed.program("pulumi", text)
    testbed.run()
    assert len(testbed.left()) == 2


def test_the_built_pulumi_on_path_is_no_users_pulumi(testbed: Bed) -> None:
    testbed.run()
    program = testbed.folder_of("pulumi") / "pulumi"
    program.write_text(GOOD_PULUMI)
    result = testbed.run(PATH=f"{testbed.home / 'bin'}:{testbed.root / 'path'}")
    assert "pulumi: cached" in result.stdout


def test_groups_on_request_are_built_and_then_found(testbed: Bed) -> None:
    assert "extra" not in testbed.run("--path").stdout
    assert testbed.run("extra").returncode == 0
    folders = testbed.run("--path").stdout.strip().split(":")
    assert [Path(folder).name.split("-")[0] for folder in folders] == ["store", "pulumi", "extra"]


def test_the_list_says_what_is_built(testbed: Bed) -> None:
    testbed.run("store")
    states = {line.split()[0]: line.split(maxsplit=1)[1] for line in testbed.run("--list").stdout.splitlines()}
    assert states["store"].startswith("built ")
    assert states["pulumi"].startswith("about 2 min ")
    assert states["extra"].startswith("about 1 min, on request ")


def test_an_unknown_group_is_named_with_the_known_ones(testbed: Bed) -> None:
    result = testbed.run("shop")
    assert result.returncode == 1
    assert result.stderr == "testbed: no group is called shop; the groups are store, pulumi, extra\n"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"HIPAA_STACK_CACHE": "{root}/own", "XDG_CACHE_HOME": "{root}/xdg"}, "own", id="own"),
        pytest.param({"HIPAA_STACK_CACHE": "", "XDG_CACHE_HOME": "{root}/xdg"}, "xdg/hipaa-stack", id="xdg"),
        pytest.param({"HIPAA_STACK_CACHE": ""}, "home/.cache/hipaa-stack", id="home"),
    ],
)
def test_the_cache_folder_follows_the_environment(testbed: Bed, variables: dict[str, str], expected: str) -> None:
    given = {key: value.format(root=testbed.root) for key, value in variables.items()}
    folder = testbed.run("--path", "store", **given).stdout
    assert folder.startswith(f"{testbed.root / expected}/testbed/store-")


def test_a_cache_folder_that_cannot_be_written_is_one_sentence(testbed: Bed) -> None:
    (testbed.root / "file").write_text("")
    result = testbed.run(HIPAA_STACK_CACHE=str(testbed.root / "file"))
    assert result.returncode == 1
    assert "HIPAA_STACK_CACHE names another one" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_long_step_shows_signs_of_life() -> None:
    program = (
        "import os, sys, _steps; _steps.HEARTBEAT_SECONDS = 0.1\n"
        "_steps.run(['/bin/sh', '-c', 'echo one; sleep 0.5; echo two'], label='store', measure=lambda lines: f'{len(lines)} lines',"
        " environment=dict(os.environ))"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=SCRIPTS, capture_output=True, text=True, check=True)
    lines = result.stdout.splitlines()
    assert lines[0] == "store: 0 s, 1 lines"
    assert len(lines) >= 3


def test_every_group_of_the_table_has_its_modules() -> None:
    table = tomllib.loads((SCRIPTS / "binaries.toml").read_text())
    assert {path.parent.name for path in SCRIPTS.glob("*/go.mod")} == set(table)
    for name, row in table.items():
        assert (SCRIPTS / name / "go.mod").read_text().splitlines()[0] == f"module hipaa-stack/testbed/{name}"
        assert (SCRIPTS / name / "go.sum").stat().st_size > 0
        assert all((SCRIPTS / name / "main.go").is_file() for binary in row["binaries"] if binary["package"] == ".")
