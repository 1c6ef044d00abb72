"""The local Kubernetes itself: what is real in it, where it keeps its data, and that it ends with its owner."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox import tools
from hipaa_stack.sandbox.kubernetes import LocalKubernetes
from hipaa_stack.sandbox.supervisor import marked

pytestmark = pytest.mark.cluster

SECONDS = 30


@pytest.fixture
def namespace(local_kubernetes, request):
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name)[:63].strip("-")
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    status, _ = local_kubernetes.request("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    assert status == 201
    return name


def pod(**security):
    return {"metadata": {"name": "one"}, "spec": {"containers": [{"name": "c", "image": "none", "securityContext": security}]}}


def eventually(answer):
    deadline = time.monotonic() + SECONDS
    while not (found := answer()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@pytest.mark.parametrize(("security", "status"), [({}, 201), ({"privileged": True}, 403)])
def test_pod_security_decides(local_kubernetes, namespace, security, status):
    url = f"/api/v1/namespaces/{namespace}"
    assert eventually(lambda: local_kubernetes.request("GET", f"{url}/serviceaccounts/default")[0] == 200)
    given, answer = local_kubernetes.request("POST", f"{url}/pods", pod(**security))
    local_kubernetes.request("DELETE", url)
    assert given == status, answer
    assert status == 201 or "PodSecurity" in answer["message"]


def test_rbac_decides(local_kubernetes, namespace):
    user = f"system:serviceaccount:{namespace}:default"
    status, answer = local_kubernetes.request("GET", f"/api/v1/namespaces/{namespace}/secrets", user=user)
    assert (status, answer["reason"]) == (403, "Forbidden")


def test_nobody_is_let_in_without_a_token(local_kubernetes):
    import http.client
    import ssl

    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", int(local_kubernetes.url.rpartition(":")[2]), context=context)
    connection.request("GET", "/api/v1/secrets")
    assert connection.getresponse().status == 403


def test_audit_is_written_without_the_content_of_secrets(local_kubernetes, namespace):
    secret = {"metadata": {"name": "s"}, "stringData": {"a": "very-secret-value"}}
    local_kubernetes.request("POST", f"/api/v1/namespaces/{namespace}/secrets", secret)

    def events():
        lines = local_kubernetes.audit_log.read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["verb"] == "create" and f"{namespace}/secrets" in event["requestURI"]]

    assert [(event["user"]["username"], event["level"]) for event in eventually(events)] == [("administrator", "Metadata")]
    assert "very-secret-value" not in local_kubernetes.audit_log.read_text()


def test_secrets_are_encrypted_at_rest(local_kubernetes, namespace):
    secret = {"metadata": {"name": "s"}, "stringData": {"a": "marker-of-a-secret"}}
    config_map = {"metadata": {"name": "c"}, "data": {"a": "marker-of-a-config-map"}}
    quota = {"metadata": {"name": "marker-of-a-quota"}, "spec": {"hard": {"pods": "1"}}}
    for kind, body in (("secrets", secret), ("configmaps", config_map), ("resourcequotas", quota)):
        assert local_kubernetes.request("POST", f"/api/v1/namespaces/{namespace}/{kind}", body)[0] == 201
    stored = b"".join(file.read_bytes() for file in (local_kubernetes.audit_log.parent / "etcd").rglob("*") if file.is_file())
    assert b"marker-of-a-quota" in stored
    assert b"marker-of-a-secret" not in stored
    assert b"marker-of-a-config-map" not in stored


def test_namespaces_finish_deleting(local_kubernetes, namespace):
    local_kubernetes.request("DELETE", f"/api/v1/namespaces/{namespace}")
    assert eventually(lambda: local_kubernetes.request("GET", f"/api/v1/namespaces/{namespace}")[0] == 404)


def test_pods_become_ready_on_fake_nodes(tmp_path):
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "none"}]}}
    deployment = {"metadata": {"name": "d"}, "spec": {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": template}}
    with LocalKubernetes.start(tmp_path, nodes=2) as running:
        url = "/apis/apps/v1/namespaces/default/deployments"
        assert running.request("POST", url, deployment)[0] == 201
        assert eventually(lambda: running.request("GET", f"{url}/d")[1].get("status", {}).get("readyReplicas") == 2)
        zones = {node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in running.request("GET", "/api/v1/nodes")[1]["items"]}
        assert zones == {"local-a", "local-b"}


def test_a_directory_comes_up_again_with_its_objects_at_its_address(tmp_path):
    with LocalKubernetes.start(tmp_path) as first:
        assert first.request("POST", "/api/v1/namespaces", {"metadata": {"name": "kept"}})[0] == 201
    with LocalKubernetes.start(tmp_path) as second:
        assert (second.url, second.token, second.ca) == (first.url, first.token, first.ca)
        assert second.request("GET", "/api/v1/namespaces/kept")[0] == 200
    assert marked(tmp_path) == []


def test_a_recorded_address_in_use_is_an_error_that_says_so(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        (tmp_path / "address.json").write_text(json.dumps({"port": port}))
        with pytest.raises(HipaaStackError, match=rf"port {port} is in use by another program.*start with a new directory"):
            LocalKubernetes.start(tmp_path)


def test_a_new_directory_takes_another_port_when_one_is_in_use(tmp_path, monkeypatch):
    """The port is taken between the moment it was found free and the start of the API server."""
    from hipaa_stack.sandbox.kubernetes import cluster

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        ports = [taken]
        found = cluster.free_port
        monkeypatch.setattr(cluster, "free_port", lambda: ports.pop() if ports else found())
        with LocalKubernetes.start(tmp_path) as running:
            assert running.url != f"https://127.0.0.1:{taken}"
            assert running.request("GET", "/readyz")[0] == 200


@pytest.mark.parametrize("missing", ["etcd", "kube-apiserver", "kube-controller-manager"])
def test_a_missing_server_is_named_and_nothing_is_left(tmp_path, monkeypatch, missing):
    bed = tmp_path / "bed"
    bed.mkdir()
    for name in ("etcd", "kube-apiserver", "kube-controller-manager"):
        if name != missing:
            (bed / name).symlink_to(tools.require(name, "this test"))
    monkeypatch.setenv(tools.TESTBED_VARIABLE, str(bed))
    with pytest.raises(HipaaStackError, match=rf"^{missing} is missing .*make testbed"):
        LocalKubernetes.start(tmp_path / "kubernetes")
    assert marked(tmp_path / "kubernetes") == []


def test_a_server_that_fails_shows_the_end_of_its_log(tmp_path, monkeypatch):
    bed = tmp_path / "bed"
    bed.mkdir()
    (bed / "etcd").write_text("#!/bin/sh\necho 'the disk is on fire' >&2\nexit 3\n")
    (bed / "etcd").chmod(0o755)
    (bed / "kube-apiserver").symlink_to(tools.require("kube-apiserver", "this test"))
    monkeypatch.setenv(tools.TESTBED_VARIABLE, str(bed))
    with pytest.raises(HipaaStackError, match=r"etcd ended with exit code 3; the end of .*etcd\.log:\n  the disk is on fire"):
        LocalKubernetes.start(tmp_path / "kubernetes")
    assert marked(tmp_path / "kubernetes") == []


@pytest.mark.parametrize("when", ["starting", "running"])
def test_a_killed_owner_leaves_no_server(tmp_path, when):
    code = f"""
        import time
        from pathlib import Path
        from hipaa_stack.sandbox.kubernetes import LocalKubernetes
        print("starting", flush=True)
        with LocalKubernetes.start(Path({str(tmp_path)!r})):
            print("running", flush=True)
            time.sleep(100)
    """
    owner = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    while owner.stdout.readline().strip() != when:
        assert owner.poll() is None
    assert eventually(lambda: marked(tmp_path))
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    assert eventually(lambda: not marked(tmp_path))
