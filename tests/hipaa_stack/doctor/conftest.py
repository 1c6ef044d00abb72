"""An AWS account on this machine: moto answers real calls of boto3 over HTTP."""

import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from hipaa_stack.cli.main import run

REGION = "us-east-1"
ADMIN = "arn:aws:iam::123456789012:role/platform-admin"
SETTINGS = {"cluster_name": "clinic", "cluster": {"admin_principal_arns": [ADMIN]}, "network": {"az_count": 2}}


@pytest.fixture(autouse=True)
def _no_caller(monkeypatch, tmp_path):
    """Nothing of the machine that runs the tests is looked at."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PULUMI_BACKEND_URL", "HIPAA_STACK_SANDBOX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


@pytest.fixture
def project(tmp_path):
    """Writes a Pulumi project with one stack: `project(settings={…}, secretsprovider="awskms://…")`."""

    def write(settings=None, *, region=REGION, layout=None, **stack):
        settings = SETTINGS if settings is None else settings
        config = {"hipaa-platform:platform": settings, **({"aws:region": region} if region else {})}
        (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "hipaa-platform", "runtime": "python", **(layout or {})}))
        (tmp_path / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config, **stack}))
        return tmp_path

    return write


@pytest.fixture
def doctor(capsys):
    """Runs the verb on a project: exit code, and each check's finding."""

    def look(directory, *arguments):
        code = run(["doctor", "--stack", "prod", "--dir", str(directory), "--format", "json", *arguments])
        report = json.loads(capsys.readouterr().out)
        return code, {finding["check"]: finding for finding in report["findings"]}

    return look


@pytest.fixture(scope="session")
def moto_server():
    """The URL of a server that answers as AWS does."""
    server = importlib.import_module("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def signed_in(monkeypatch):
    """Credentials, and where AWS is: `signed_in(url)`."""

    def sign_in(url):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)

    return sign_in


@pytest.fixture
def account(moto_server, signed_in):
    """An empty account, as boto3 clients: `account("ec2")`."""
    import boto3
    import requests

    requests.post(f"{moto_server}/moto-api/reset", timeout=10)
    signed_in(moto_server)
    return lambda service: boto3.client(service, region_name=REGION)


@pytest.fixture
def answering():
    """A server that answers every call in one way: `answering(403, body)`; its URL."""
    servers = []

    def serve(status, body=b"", wait=None):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                if wait is not None:
                    wait.wait(30)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_HEAD = do_POST  # noqa: N815 - names of the protocol

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
