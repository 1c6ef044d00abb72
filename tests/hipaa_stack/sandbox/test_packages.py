import json
import sys
import venv
from pathlib import Path

import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import interpreter, packages
from hipaa_stack.sandbox.packages import Package


@pytest.fixture
def sdk(tmp_path, monkeypatch):
    """Puts fake SDKs on the module search path."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    def write(folder, content):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pulumi-plugin.json").write_text(content if isinstance(content, str) else json.dumps(content))

    return write


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"resource": True, "name": "random", "version": "4.1.0"}, [Package("random", "4.1.0")]),
        ({"resource": True, "name": "random", "version": "v4.1.0"}, [Package("random", "4.1.0")]),
        ({"resource": True, "name": "own", "version": "1.0.0", "server": "https://x"}, [Package("own", "1.0.0", "https://x")]),
        ({"resource": True, "name": "own"}, [Package("own", "")]),
        ({"resource": False, "name": "own", "version": "1.0.0"}, []),
        ({"resource": True}, []),
        ([], []),
        ("{", []),
    ],
)
def test_an_sdk_says_which_plugin_it_needs(sdk, content, expected):
    sdk("pulumi_some", content)
    assert packages.installed() == expected


def test_the_sdks_of_this_environment_are_found():
    found = {package.name: package.version for package in packages.installed()}
    assert {"aws", "gcp", "kubernetes"} <= found.keys()
    assert all(found.values())


def test_another_interpreter_answers_for_itself(tmp_path):
    venv.create(tmp_path / "venv", symlinks=True)
    site = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    (site / "pulumi_random").mkdir()
    (site / "pulumi_random" / "pulumi-plugin.json").write_text('{"resource": true, "name": "random", "version": "4.1.0"}')
    assert packages.installed(tmp_path / "venv" / "bin" / "python") == [Package("random", "4.1.0")]


def test_an_interpreter_that_fails_is_an_error():
    with pytest.raises(OSError, match="cannot list its packages"):
        packages.installed(Path("/bin/false"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, sys.executable),
        ({"toolchain": "pip"}, sys.executable),
        ({"virtualenv": "own"}, "own/bin/python"),
        ({"toolchain": "uv"}, ".venv/bin/python"),
    ],
)
def test_runtime_options_choose_the_interpreter(tmp_path, options, expected):
    for name in ("own", ".venv"):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin" / "python").touch()
    assert interpreter.of_project(tmp_path, options) == tmp_path / expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"virtualenv": "none"}, r"none: no Python environment there, but the runtime option `virtualenv: none` asks for it"),
        ({"toolchain": "uv"}, r"\.venv: no Python environment there, but the runtime option `toolchain: uv`"),
        ({"toolchain": "poetry"}, r"`poetry env info --path` failed"),
    ],
)
def test_an_environment_that_is_not_there_is_named(tmp_path, monkeypatch, options, message):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HipaaStackError, match=message):
        interpreter.of_project(tmp_path, options)
