"""What the wheel holds, and that a program which installs only it works."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

import hipaa_stack

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = {"hipaa_stack": CHECKOUT / "hipaa_stack", "hipaa_components": CHECKOUT / "components" / "hipaa_components"}


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> Iterator[zipfile.ZipFile]:
    """The wheel, opened."""
    with zipfile.ZipFile(wheel_file) as archive:
        yield archive


@pytest.fixture(scope="module")
def names(wheel: zipfile.ZipFile) -> list[str]:
    return wheel.namelist()


def read(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = [entry for entry in wheel.namelist() if entry.endswith(f".dist-info/{name}")]
    return wheel.read(path).decode()


def test_the_wheel_holds_the_two_packages_and_nothing_else(names: list[str]) -> None:
    metadata = f"hipaa_stack-{hipaa_stack.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"hipaa_stack", "hipaa_components", metadata}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(names: list[str], package: str) -> None:
    folder = PACKAGES[package]
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=folder, capture_output=True, text=True, check=True).stdout
    committed = {f"{package}/{name}" for name in listed.split("\0") if name and (folder / name).exists()}
    assert committed
    assert committed <= set(names)


def test_no_left_overs_of_tools_are_in_the_wheel(names: list[str]) -> None:
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".orig", ".rej"))]


@pytest.mark.parametrize("name", ["hipaa_stack/catalog/security_rule.json", "hipaa_stack/py.typed", "hipaa_components/py.typed"])
def test_data_files_are_in_the_wheel(names: list[str], name: str) -> None:
    assert name in names


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    assert read(wheel, "entry_points.txt").splitlines() == ["[console_scripts]", "hipaa-stack = hipaa_stack.cli:main"]
    assert "Apache License" in read(wheel, "licenses/LICENSE")


def test_the_metadata_asks_for_little_and_offers_the_extras(wheel: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(read(wheel, "METADATA"))
    assert metadata["License-Expression"] == "Apache-2.0"
    assert set(metadata.get_all("Provides-Extra", [])) == {"aws", "cli", "gcp", "pulumi", "sandbox"}
    plain = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(line.lower().split("<")[0].split(">")[0] for line in plain) == ["pydantic", "pyyaml"]


def test_no_dependency_of_the_library_is_pinned(wheel: zipfile.ZipFile) -> None:
    requirements = Parser().parsestr(read(wheel, "METADATA")).get_all("Requires-Dist", [])
    assert requirements
    assert not [line for line in requirements if "==" in line.split(";")[0]]
