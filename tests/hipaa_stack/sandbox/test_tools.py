from pathlib import Path

import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import tools


def executable(path: Path, output: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{output}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def places(tmp_path, monkeypatch):
    """An empty PATH directory and an empty test bed."""
    path, bed = tmp_path / "path", tmp_path / "bed"
    path.mkdir()
    bed.mkdir()
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    monkeypatch.setenv(tools.TESTBED_VARIABLE, str(bed))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    return path, bed


@pytest.mark.parametrize(
    ("installed", "bed", "winner"),
    [
        ("v3.249.0", "v3.257.0", "path"),
        ("v3.300.1", "v3.257.0", "path"),
        ("v4.0.0", "v3.257.0", "path"),
        ("v3.248.9", "v3.257.0", "bed"),
        ("v2.300.0", "v3.257.0", "bed"),
        ("not a version", "v3.257.0", "bed"),
        (None, "v3.257.0", "bed"),
    ],
)
def test_a_new_enough_pulumi_on_path_wins(places, installed, bed, winner):
    path, testbed = places
    if installed:
        executable(path / "pulumi", installed)
    executable(testbed / "pulumi", bed)
    assert tools.engine().path == {"path": path, "bed": testbed}[winner] / "pulumi"


def test_the_official_python_host_lies_next_to_its_engine(places):
    path, _ = places
    executable(path / "pulumi", "v3.250.0")
    assert not tools.engine().python_host
    executable(path / "pulumi-language-python")
    assert tools.engine().python_host


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        (None, r"^pulumi is missing: install it from .*make testbed"),
        ("v3.100.0", r"^the pulumi on PATH is 3\.100\.0, 3\.249 or newer is needed: "),
        ("nonsense", r"^the pulumi on PATH is unusable, 3\.249 or newer is needed: "),
    ],
)
def test_without_an_engine_one_sentence_says_how_to_get_it(places, installed, message):
    if installed:
        executable(places[0] / "pulumi", installed)
    with pytest.raises(HipaaStackError, match=message):
        tools.engine()


def test_a_missing_executable_is_named_with_its_purpose(places):
    with pytest.raises(HipaaStackError, match=r"etcd is missing \(it stores objects\): run `make testbed`"):
        tools.require("etcd", "it stores objects")


def test_a_file_that_cannot_run_is_no_tool(places):
    (places[1] / "etcd").write_text("")
    assert tools.find("etcd") is None


def test_the_first_directory_of_the_test_bed_wins(places, tmp_path, monkeypatch):
    first, second = executable(tmp_path / "a" / "etcd"), executable(tmp_path / "b" / "etcd")
    monkeypatch.setenv(tools.TESTBED_VARIABLE, f"{first.parent}:{second.parent}")
    assert tools.find("etcd") == first


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HIPAA_STACK_CACHE": "/own"}, "/own"),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/hipaa-stack"),
        ({"HOME": "/home/somebody"}, "/home/somebody/.cache/hipaa-stack"),
    ],
)
def test_the_cache_lies_where_the_environment_says(monkeypatch, environment, expected):
    for name in ("HIPAA_STACK_CACHE", "XDG_CACHE_HOME", tools.TESTBED_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert tools.cache_directory() == Path(expected)
    assert tools.testbed_directories() == [Path(expected) / "testbed" / "bin"]


@pytest.mark.parametrize(
    ("in_bed", "plugins", "wanted", "found"),
    [
        (True, ["4.34.2"], "4.34.2", "bed/pulumi-resource-kubernetes"),
        (False, ["4.30.0", "4.34.2"], "4.30.0", "home/plugins/resource-kubernetes-v4.30.0/pulumi-resource-kubernetes"),
        (False, ["4.9.0", "4.30.0"], "4.34.2", "home/plugins/resource-kubernetes-v4.30.0/pulumi-resource-kubernetes"),
    ],
)
def test_the_kubernetes_provider_is_the_test_beds_or_the_users(places, tmp_path, in_bed, plugins, wanted, found):
    if in_bed:
        executable(places[1] / "pulumi-resource-kubernetes")
    for version in plugins:
        executable(tmp_path / "home" / "plugins" / f"resource-kubernetes-v{version}" / "pulumi-resource-kubernetes")
    assert tools.kubernetes_provider(wanted) == tmp_path / found


def test_without_a_kubernetes_provider_one_sentence_says_how_to_get_it(places):
    with pytest.raises(HipaaStackError, match=r"run `pulumi plugin install resource kubernetes 4\.34\.2`, or run `make testbed`"):
        tools.kubernetes_provider("4.34.2")
