"""The cluster, and whether what answers from here is its API server."""

import base64
import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@pytest.fixture
def look(cloud, project, doctor, only):
    """What is said of the cluster and its API server."""
    only("cluster")
    return lambda settings=None, *options: doctor(project(settings), *options)[0]


def _authority():
    """A key, and a certificate for 127.0.0.1 that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kubernetes")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return secret, certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def api_server(tmp_path):
    """Answers TLS; its URL and its authority in base64."""
    secret, certificate = _authority()
    (tmp_path / "server.pem").write_bytes(secret + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            try:
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(target=shake, args=(connection,), daemon=True).start()
            except OSError:
                pass  # closed

        def shake(connection):
            try:
                with context.wrap_socket(connection, server_side=True) as server:
                    server.recv(1)
            except OSError:
                pass  # the client refused it

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", base64.b64encode(certificate).decode()
        listening.shutdown(socket.SHUT_RDWR)


def test_an_api_server_answers_with_the_authority_of_its_cluster(cloud, look, api_server):
    endpoint, authority = api_server
    cloud.cluster(endpoint=endpoint, certificateAuthority={"data": authority})
    assert look()["API server"][:2] == ("pass", f"{endpoint} answers from here")


def test_what_else_takes_a_connection_is_not_the_api_server(cloud, look, api_server):
    endpoint, _ = api_server
    _, other = _authority()
    cloud.cluster(endpoint=endpoint, certificateAuthority={"data": base64.b64encode(other).decode()})
    outcome, message, fix = look()["API server"]
    assert outcome == "fail"
    assert "what answers is not the cluster" in message
    assert "access_instructions" in fix


def test_an_api_server_that_takes_no_connection_is_told(cloud, look, api_server):
    _, authority = api_server
    cloud.cluster(endpoint="https://127.0.0.1:1", certificateAuthority={"data": authority})
    assert look()["API server"][:2] == ("fail", "https://127.0.0.1:1 cannot be reached from here: Connection refused")


@pytest.mark.parametrize(
    "endpoint", ["", None, 7, "https://", "nonsense", "https://[::1", "https://127.0.0.1:abc", "http://127.0.0.1", "https://:443", "/"]
)
def test_an_endpoint_that_is_none_is_unknown(cloud, look, api_server, endpoint):
    cloud.cluster(endpoint=endpoint, certificateAuthority={"data": api_server[1]})
    assert look()["API server"][0] == "unknown"


@pytest.mark.parametrize("authority", [{}, {"data": ""}, {"data": "no base64"}, {"data": "AAAA"}, None])
def test_without_its_authority_nobody_can_be_told_apart(cloud, look, api_server, authority):
    cloud.cluster(endpoint=api_server[0], certificateAuthority=authority)
    assert look()["API server"][0] == "unknown"


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({"access": [{"ssm": {}}, {"runner": {}}]}, "unknown"),
        ({"access": [{"existing": {"proxy_url": "http://proxy:3128"}}]}, "unknown"),
        ({"access": [{"existing": {"client_cidrs": []}}]}, "pass"),
        ({"layer": "CLOUD", "access": [{"runner": {}}]}, "not_applicable"),
        ({"layer": "BASELINE"}, "unknown"),
        ({"layer": "BASELINE", "through": "SSM"}, "unknown"),
        ({"layer": "BASELINE", "through": "RUNNER"}, "pass"),
        ({"layer": "BASELINE", "through": "EXISTING"}, "pass"),
    ],
)
def test_only_a_direct_way_is_judged(cloud, look, api_server, settings, outcome):
    cloud.cluster(endpoint=api_server[0], certificateAuthority={"data": api_server[1]})
    assert look(settings)["API server"][0] == outcome


def test_a_name_that_is_taken_is_told(cloud, look, exported):
    cloud.cluster()
    outcome, message, fix = look()["cluster"]
    assert (outcome, message) == ("unknown", "clinic exists, Kubernetes 1.35, ACTIVE; whether this stack made it is not known")
    assert "--state FILE" in fix
    assert look({}, *exported(cluster="clinic"))["cluster"][0] == "pass"
    for other in (exported(), exported(namespace="clinic")):
        assert look({}, *other)["cluster"][0] == "fail"
    assert look({"cluster": {"adopt": {"authentication_mode": "API"}}})["cluster"][0] == "pass"


@pytest.mark.parametrize(
    ("status", "outcome"), [("ACTIVE", "pass"), ("UPDATING", "pass"), ("CREATING", "unknown"), ("DELETING", "fail"), ("FAILED", "fail")]
)
def test_a_cluster_that_is_of_no_use_does_not_pass(cloud, look, status, outcome):
    cloud.cluster(status=status)
    assert look({"layer": "BASELINE"})["cluster"][0] == outcome


@pytest.mark.parametrize("answer", [{"cluster": {}}, {"cluster": []}, {"cluster": {"status": 7}}])
def test_a_cluster_that_says_nothing_is_unknown(cloud, look, answer):
    cloud.faults["/clusters/clinic"] = (200, json.dumps(answer))
    assert look()["cluster"][0] == "unknown"


def test_the_quotas_of_a_cluster_that_exists_are_its_own(cloud, project, doctor, only):
    cloud.cluster()
    only("quota: VPCs")
    assert doctor(project())[0]["quota: VPCs"][:2] == ("not_applicable", "the cluster exists and has its share")


def test_a_baseline_without_a_cluster_says_what_comes_first(look):
    found = look({"layer": "BASELINE", "cloud_stack": "a/b/c"})
    assert found["cluster"] == ("fail", "clinic does not exist", "Bring up the stack a/b/c first.")
