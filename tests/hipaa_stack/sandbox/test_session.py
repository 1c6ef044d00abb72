import socket
import subprocess

import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import packages, tools
from hipaa_stack.sandbox.config import Fault, FaultKind, SandboxConfig
from hipaa_stack.sandbox.kubernetes import promised_endpoint
from hipaa_stack.sandbox.session import Api, Options, Session


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """A `pulumi` on PATH that only knows its version, and a Kubernetes provider."""
    path = tmp_path / "path"
    path.mkdir()
    for name in ("pulumi", "pulumi-resource-kubernetes"):
        (path / name).write_text("#!/bin/sh\necho v3.300.0\n")
        (path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    monkeypatch.setenv(tools.TESTBED_VARIABLE, str(path))
    return path / "pulumi"


@pytest.fixture
def opened(engine, tmp_path):
    with Session(Options(directory=tmp_path / "place")) as session:
        yield session


def test_every_installed_sdk_has_a_plugin_of_its_version(opened):
    plugins = {path.name for path in (opened.directory / "pulumi" / "plugins").iterdir() if path.name.startswith("resource-")}
    assert plugins == {f"resource-{package.name}-v{package.version}" for package in packages.installed()}
    assert (opened.directory / "bin" / "pulumi").is_file()


@pytest.mark.parametrize("official", [False, True])
def test_our_language_host_steps_back_for_the_official_one(engine, tmp_path, official):
    if official:
        engine.with_name("pulumi-language-python").touch()
    with Session(Options(directory=tmp_path / "place")) as session:
        assert (session.directory / "pulumi" / "plugins" / "language-python-v3.300.0").exists() is not official


def test_a_temporary_directory_is_removed_and_a_given_one_kept(engine, tmp_path):
    with Session(Options()) as temporary, Session(Options(directory=tmp_path / "place")) as kept:
        assert temporary.directory.stat().st_mode & 0o077 == 0
    assert not temporary.directory.exists()
    assert kept.directory.exists()


def test_a_directory_is_taken_by_one_session(opened):
    with pytest.raises(HipaaStackError, match="another sandbox runs in this directory"), Session(Options(directory=opened.directory)):
        pass


@pytest.mark.parametrize("name", ["aws", "gcloud", "gke-gcloud-auth-plugin"])
def test_cloud_programs_of_the_user_are_hidden(opened, name):
    found = subprocess.run(["sh", "-c", f"command -v {name}"], env=opened.environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(opened.directory / "bin" / name)


def test_without_a_local_kubernetes_clusters_have_no_api(opened):
    assert SandboxConfig.read(opened.directory).kubernetes is None
    assert not (opened.directory / "kubeconfig").exists()


def test_an_api_that_is_unreachable_has_the_address_that_it_has_when_it_is_reached(engine, tmp_path):
    for _ in range(2):
        with Session(Options(directory=tmp_path / "place", local_kubernetes=True, api=Api.UNREACHABLE)) as session:
            endpoint = SandboxConfig.read(session.directory).kubernetes
            assert endpoint == promised_endpoint(session.directory / "kubernetes")
            assert session.kubernetes is None
            assert (session.directory / "kubeconfig").exists()
            with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", int(endpoint.url.rpartition(":")[2]))):
                pass


def test_faults_can_be_replaced(opened):
    faults = (Fault(kind=FaultKind.FAIL, nth=2),)
    opened.inject(faults)
    assert SandboxConfig.read(opened.directory).faults == faults


def test_the_description_says_what_is_simulated(opened):
    text = opened.describe()
    assert text.startswith("clouds are SIMULATED (aws ")
    assert f"everything lies in {opened.directory} (kept)" in text


def test_locks_of_a_killed_engine_are_gone(engine, tmp_path):
    lock = tmp_path / "place" / "backend" / ".pulumi" / "locks" / "organization" / "trial" / "dev" / "x.json"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with Session(Options(directory=tmp_path / "place")):
        assert not lock.exists()
