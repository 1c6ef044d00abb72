"""The Pulumi package: complete, documented, and its committed schema is fresh."""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from enum import Enum

import pytest

import hipaa_components
from hipaa_components import package
from hipaa_components._args import Args
from hipaa_components._component import Component

SCHEMA = json.loads(package.schema_text())


def test_the_committed_schema_is_fresh():
    assert package.main(["--check"]) == 0


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty components folder of a checkout."""
    (tmp_path / "PulumiPlugin.yaml").write_text("runtime: python\n")
    monkeypatch.setattr(package, "SCHEMA", tmp_path / "schema.json")
    return tmp_path


def test_what_is_written_is_fresh_and_ends_in_a_newline(folder):
    assert package.main([]) == 0
    assert package.main(["--check"]) == 0
    assert (folder / "schema.json").read_text().endswith("}\n")


@pytest.mark.parametrize("committed", [None, "{}\n"])
def test_a_stale_schema_is_told_with_the_command_that_renews_it(folder, capsys, committed):
    if committed:
        (folder / "schema.json").write_text(committed)
    assert package.main(["--check"]) == 1
    assert "run `python -m hipaa_components.package`" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_outside_a_checkout_nothing_is_written(tmp_path, monkeypatch, capsys, arguments):
    monkeypatch.setattr(package, "SCHEMA", tmp_path / "schema.json")
    assert package.main(arguments) == 2
    assert "not the components folder of a checkout" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def classes():
    """Every class that any module of the package defines."""
    for info in pkgutil.walk_packages(hipaa_components.__path__, "hipaa_components."):
        module = importlib.import_module(info.name)
        yield from {item for _, item in inspect.getmembers(module, inspect.isclass) if item.__module__ == info.name}


def test_every_public_component_is_served():
    public = {item.__name__ for item in classes() if issubclass(item, Component) and item is not Component}
    assert {token.rpartition(":")[2] for token in SCHEMA["resources"]} == public


def test_no_class_name_occurs_twice():
    names = [item.__name__ for item in classes() if issubclass(item, Args | Enum | Component)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        pytest.param("hipaa_components.kubernetes", r"pulumi_(aws|gcp)", id="components for any cluster load no cloud"),
        pytest.param(
            "hipaa_components.aws", r"pulumi_gcp|pulumi_aws\.\w+\.", id="AWS components load no other cloud, and of AWS what is used"
        ),
    ],
)
def test_an_import_loads_no_sdk_in_vain(module, unwanted):
    program = f"import re, sys, {module}; print([name for name in sys.modules if re.match({unwanted!r}, name)])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def documented():
    """Everything that the schema describes, by a readable path."""
    for token, item in (SCHEMA["resources"] | SCHEMA["types"]).items():
        yield token, item
        for group in ("inputProperties", "properties"):
            yield from ((f"{token}.{name}", field) for name, field in item.get(group, {}).items())


@pytest.mark.parametrize(("path", "item"), list(documented()))
def test_everything_has_a_description(path, item):
    assert item.get("description"), path
