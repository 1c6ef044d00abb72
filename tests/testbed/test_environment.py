"""What a user of `make venv` sees, with an index that does not answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
OUR_HASH = "0" * 64
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "sample-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("sample-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: sample\\nVersion: 1\\n")
        wheel.writestr("sample-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("sample-1.dist-info/RECORD", "")
    return name
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that asks for one package."""
    folder = tmp_path / "checkout"
    (folder / "testbed").mkdir(parents=True)
    for script in (CHECKOUT / "testbed").glob("*.py"):
        shutil.copy(script, folder / "testbed")
    (folder / "pyproject.toml").write_text('[project]\nname = "sample"\nversion = "1"\n')
    (folder / "constraints.txt").write_text(f"a-package-of-ours==1.0 --hash=sha256:{OUR_HASH}\n")
    return folder


def make(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(checkout),
        "HIPAA_STACK_CACHE": str(checkout.parent / "cache"),
        **offline,
        **variables,
    }
    command = [sys.executable, str(checkout / "testbed" / "environment.py")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_without_a_network_the_step_is_named_and_nothing_is_left(checkout: Path) -> None:
    result = make(checkout)
    assert result.returncode == 1
    assert "environment (packages): the network, or the package index that pip uses here, does not answer" in result.stderr
    assert "Run the same command again" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (checkout / ".venv").exists()
    assert not list((checkout.parent / "cache").glob("venv-*"))


def test_a_finished_environment_is_linked_and_replaces_the_one_before(checkout: Path) -> None:
    # An empty constraints file and a project without a build leave nothing to fetch.
    (checkout / "constraints.txt").write_text("# empty\n")
    (checkout / "backend.py").write_text(BACKEND)
    pyproject = checkout / "pyproject.toml"
    pyproject.write_text('[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' + pyproject.read_text())

    first = make(checkout)
    assert first.returncode == 0, first.stderr
    assert re.search(r"environment: made in \d+ s", first.stdout)
    folder = (checkout / ".venv").readlink()
    assert folder.parent == checkout.parent / "cache"
    assert (folder / "bin" / "python").exists()
    assert make(checkout).stdout == "environment: cached\n"

    pyproject.write_text(pyproject.read_text() + 'description = "changed"\n')
    assert make(checkout).returncode == 0
    assert (checkout / ".venv").readlink() != folder
    assert not folder.exists()


def test_an_environment_that_is_not_ours_stays(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    result = make(checkout)
    assert result.returncode == 1
    assert (checkout / ".venv").is_dir()
    assert "is not ours" in result.stderr
