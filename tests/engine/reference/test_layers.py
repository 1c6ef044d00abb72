"""The API server is private: the cloud comes into being from anywhere, what is inside it from where there is a path."""

import contextlib
import json
import socket
import threading
from urllib.parse import urlsplit

import pytest
import yaml

from hipaa_stack.sandbox.session import Api

from .stack import DESTROY, ROOT, UP, Reference, empty, summary, with_dependencies

pytestmark = pytest.mark.engine

CLOUD, BASELINE = "regulated-production-cloud", "regulated-production-baseline"


def assert_told_once(failed, component: str) -> None:
    """The program ends with one sentence on the API server, without a traceback."""
    assert failed.returncode
    said = failed.stdout.partition("Diagnostics:")[2] + failed.stderr
    sentence = f"{component}: the API server cannot be reached from here: https://"
    assert said.count(sentence) == 1, said
    assert "open the declared way, or run this layer where there is one" in said
    print(said)
    assert "Traceback" not in said
    assert "configured Kubernetes cluster is unreachable" not in said


def test_an_up_without_a_path_to_the_api_server_is_completed_by_one_with(open_reference, expected, tmp_path):
    with open_reference("dev", kubernetes=False, directory=tmp_path, api=Api.UNREACHABLE) as stack:
        assert_told_once(stack.up(check=False), "EksBaseline 'clinic-dev'")
        outside = stack.urns()
        assert not stack.state().get("pending_operations")
        stack.assert_cloud_holds_exactly(stack.resources())

    with open_reference("dev", kubernetes=False, directory=tmp_path, local_kubernetes=True) as stack:
        assert stack.up_again_as_pulumi_asks() == []
        stack.assert_holds_exactly(expected)
        resources = stack.resources()
        for urn in {item["urn"] for item in resources if item.get("id")} - outside:
            needed = with_dependencies(resources, {urn})
            assert any("pulumi:providers:kubernetes" in other for other in needed), f"{urn} needs nothing in the cluster"
        assert not any("$kubernetes:" in urn for urn in outside)
        stack.up("--expect-no-changes")


def test_two_stacks_make_the_cloud_from_anywhere_and_the_inside_from_where_there_is_a_path(open_reference, tmp_path):
    with open_reference(CLOUD, kubernetes=False, directory=tmp_path, api=Api.UNREACHABLE) as cloud:
        made = cloud.up()
        assert summary(made.stdout) == {"created": cloud.counted()}
        assert summary(cloud.up("--expect-no-changes").stdout) == {"unchanged": cloud.counted()}
        whole = cloud.resources()
        assert not [item["urn"] for item in whole if "$kubernetes:" in item["urn"]]
        cloud.assert_cloud_holds_exactly(whole)
        baseline = Reference(cloud.session, BASELINE)
        assert_told_once(baseline.up(check=False), "EksBaseline 'clinic'")
        assert cloud.resources() == whole, "the cloud stays complete"
        cloud.up("--expect-no-changes")

    with open_reference(BASELINE, kubernetes=False, directory=tmp_path, local_kubernetes=True) as baseline:
        assert baseline.up_again_as_pulumi_asks() == []
        inside = baseline.resources()
        baseline.up("--expect-no-changes")
        cluster = {(item["outputs"]["kind"].removesuffix("Patch"), item["outputs"]["metadata"]["name"]) for item in inside if item["type"].startswith("kubernetes:")}  # fmt: skip
        assert {(kind, name) for kind, _, name, _ in baseline.in_cluster()} == cluster
        cloud = Reference(baseline.session, CLOUD)
        real = [item for item in (*cloud.resources(), *inside) if item.get("id")]
        baseline.assert_cloud_holds_exactly(real)


def test_a_baseline_without_its_cloud_says_what_comes_first(reference):
    baseline = reference(BASELINE, kubernetes=False, api=Api.UNREACHABLE)
    failed = baseline.pulumi("preview", check=False)
    assert failed.returncode
    said = failed.stdout.partition("Diagnostics:")[2] + failed.stderr
    stack = f"organization/hipaa-platform/{CLOUD}"
    sentence = (
        f"EksBaseline 'clinic': cloud_stack: got '{stack}'; accepted: the stack of layer CLOUD, brought up before this one (unknown stack"
    )
    assert said.count(sentence) == 1, said
    assert "Traceback" not in said


class Forwarder:
    """A port of this machine that leads to an API server, as a session of Systems Manager makes one."""

    def __init__(self, url: str) -> None:
        self._target = (urlsplit(url).hostname, urlsplit(url).port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                server = socket.create_connection(self._target)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._copy, args=pair, daemon=True).start()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                target.sendall(chunk)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listening.close()


def test_the_inside_is_made_through_a_forwarded_port(sandbox, make_project, api_server):
    """The certificate is checked by a name that it holds, as the port's own address is in none."""
    empty(api_server)
    ssm = {
        "operator_role_arns": ["arn:aws:iam::123456789012:role/platform-admin"],
        "mfa_statement": "The identity provider asks for a hardware key at every sign-in.",
    }
    with contextlib.closing(Forwarder(api_server.url)) as forwarder:
        settings = yaml.safe_load((ROOT / "stacks" / "Pulumi.dev.yaml").read_text())["config"]
        both = settings["hipaa-platform:platform"]
        inside = {name: both.pop(name) for name in ("namespaces",)}
        common = {name: both[name] for name in ("cluster_name", "data_classification", "ephemeral")}
        layers = {
            "cloud": {**both, "layer": "CLOUD", "access": [{"ssm": {**ssm, "local_port": forwarder.port}}]},
            "inside": {**common, **inside, "layer": "BASELINE", "cloud_stack": "organization/hipaa-platform/cloud"},
        }
        stacks = {name: yaml.safe_dump({"config": settings | {"hipaa-platform:platform": layer}}) for name, layer in layers.items()}
        program = (ROOT / "stacks" / "__main__.py").read_text()
        box = sandbox(make_project({"__main__.py": program}, name="hipaa-platform", stacks=stacks), kubernetes=api_server)
        box.pulumi(*UP, "--stack", "cloud")
        assert forwarder.connections == 0
        box.pulumi(*UP, "--stack", "inside")
        assert forwarder.connections > 0
        kubeconfig = json.loads(box.pulumi("stack", "output", "kubeconfig", "--show-secrets", "--stack", "inside").stdout)
        assert kubeconfig["clusters"][0]["cluster"]["server"] == f"https://127.0.0.1:{forwarder.port}"
        box.pulumi(*UP, "--stack", "inside", "--expect-no-changes")
        box.pulumi(*DESTROY, "--stack", "inside")
        box.pulumi(*DESTROY, "--stack", "cloud")
    assert [entry["type"] for entry in box.journal() if entry["rpc"] == "Create" and not entry["preview"]]
