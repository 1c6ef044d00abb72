"""AWS as boto3 sees it: moto behind a local HTTP server, which answers what moto does not know, and can answer wrongly."""

import io
import json
import os
import sys
import threading
import urllib.request
from pathlib import Path

import boto3
import botocore.loaders
import pytest
import yaml
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from hipaa_stack.cli.main import run
from hipaa_stack.doctor import aws

ROOT = Path(__file__).parents[3]
REGION = "us-east-1"
QUOTAS = {"L-F678F1CE": 5, "L-29B6F2EB": 50, "L-FE5A380F": 5, "L-0263D0A3": 5, "L-1194D53C": 100, "L-6D54EA21": 30}
DEFAULT_ONLY = "L-29B6F2EB"
"""A quota that AWS knows by its default only."""
VERSIONS = {"1.35": "STANDARD_SUPPORT", "1.34": "STANDARD_SUPPORT", "1.33": "EXTENDED_SUPPORT"}


class Cloud:
    """One account. `faults`: words of a call (its target, path, body and signature) -> status and text of the answer."""

    def __init__(self, url, clients):
        self.url, self.clients = url, clients
        self.changed = False
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.quotas, self.versions, self.faults = dict(QUOTAS), dict(VERSIONS), {}
        self.rules, self.templates = [], []
        self.closed = threading.Event()

    def client(self, service):
        self.changed = True
        if service not in self.clients:
            self.clients[service] = boto3.client(service, region_name=REGION)
        return self.clients[service]

    def cluster(self, **said):
        """From here on EKS has the cluster of the platform."""
        answer = {"status": "ACTIVE", "version": "1.35", "endpoint": "https://127.0.0.1:1", "certificateAuthority": {"data": "AAAA"}}
        self.faults["/clusters/clinic"] = (200, json.dumps({"cluster": {**answer, **said}}))

    def states(self, key=None, *, versions=True):
        """Makes the bucket `states`; a key of None leaves it as AWS makes it."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket="states")
        if versions:
            s3.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
        if key is not None:
            rule = {"SSEAlgorithm": "aws:kms", **({"KMSMasterKeyID": key} if key else {})}
            rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
            s3.put_bucket_encryption(Bucket="states", ServerSideEncryptionConfiguration=rules)

    def session_of(self, monkeypatch, role, path="/"):
        """From here on the caller is a session of the role."""
        document = json.dumps({"Version": "2012-10-17", "Statement": []})
        arn = self.client("iam").create_role(RoleName=role, Path=path, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        held = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="somebody")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", held["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", held["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", held["SessionToken"])

    def __call__(self, environ, start):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        target, path = environ.get("HTTP_X_AMZ_TARGET", ""), environ["PATH_INFO"]
        call = " ".join((target, path, environ.get("QUERY_STRING", ""), body.decode(), environ.get("HTTP_AUTHORIZATION", "")))
        fault = next((answer for word, answer in self.faults.items() if word in call), None)
        if fault:
            return self._answer(start, *fault)
        if target.endswith(("GetServiceQuota", "GetAWSDefaultServiceQuota")):
            return self._quota(start, json.loads(body)["QuotaCode"], applied=target.endswith(".GetServiceQuota"))
        if target.endswith("DescribePullThroughCacheRules"):
            return self._answer(start, 200, json.dumps({"pullThroughCacheRules": [{"ecrRepositoryPrefix": rule} for rule in self.rules]}))
        if target.endswith("DescribeRepositoryCreationTemplates"):
            found = [{"prefix": prefix} for prefix in self.templates]
            return self._answer(start, 200, json.dumps({"repositoryCreationTemplates": found}))
        if path == "/cluster-versions":
            found = [{"clusterVersion": version, "versionStatus": status} for version, status in self.versions.items()]
            return self._answer(start, 200, json.dumps({"clusterVersions": found}))
        return self.moto({**environ, "wsgi.input": io.BytesIO(body)}, start)

    def _quota(self, start, code, *, applied):
        if applied and code == DEFAULT_ONLY:
            return self._answer(start, 400, json.dumps({"__type": "NoSuchResourceException", "message": "none"}))
        return self._answer(start, 200, json.dumps({"Quota": {"QuotaCode": code, "Value": self.quotas[code]}}))

    def _answer(self, start, status, text):
        if status == "hang":
            self.closed.wait(60)
        code = status if isinstance(status, int) else 200
        start(f"{code} answer", [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(text.encode())))])
        return [text.encode()]


@pytest.fixture(scope="session", autouse=True)
def _models():
    """What botocore knows of the services of AWS is read once, not for every session."""
    read = botocore.loaders.create_loader()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("botocore.session.create_loader", lambda _=None: read)
        yield


@pytest.fixture(scope="session")
def _door():
    """One server for all tests; who stands behind it changes."""
    behind = {"clients": {}, "changed": True}

    def application(environ, start):
        return behind["cloud"](environ, start)

    server = make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield behind, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def no_account(monkeypatch):
    """No credentials, and no way to any."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_", "HIPAA_STACK_SANDBOX"))]:
        monkeypatch.delenv(name)
    for name, value in {"AWS_CONFIG_FILE": "/none", "AWS_SHARED_CREDENTIALS_FILE": "/none", "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def cloud(_door, no_account, monkeypatch):
    """An empty account, and credentials of it."""
    behind, url = _door
    behind["cloud"] = found = Cloud(url, behind["clients"])
    for name, value in {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    if behind["changed"]:  # the doctor itself only reads
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    yield found
    behind["changed"] = found.changed
    found.closed.set()


@pytest.fixture
def project(tmp_path):
    """Writes the reference project with the stack `prod`: settings, other configuration, other keys of the stack file."""

    def write(settings=None, *, config=None, **keys):
        (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
        platform = {"cluster_name": "clinic", "data_classification": "PHI", **(settings or {})}
        said = {**keys, "config": {"aws:region": REGION, "hipaa-platform:platform": platform, **(config or {})}}
        (tmp_path / "stacks").mkdir(exist_ok=True)
        if not (tmp_path / ".venv").exists():
            (tmp_path / ".venv").symlink_to(sys.prefix)
        (tmp_path / "stacks/Pulumi.prod.yaml").write_text(yaml.safe_dump(said))
        return tmp_path

    return write


@pytest.fixture
def exported(tmp_path):
    """Writes the state of the stack `prod`: ids by type."""

    def write(**made):
        types = {"detector": "aws:guardduty/detector:Detector", "group": "aws:cloudwatch/logGroup:LogGroup"} | {
            "trail": "aws:cloudtrail/trail:Trail",
            "cluster": "aws:eks/cluster:Cluster",
            "namespace": "kubernetes:core/v1:Namespace",
        }
        beginning = "urn:pulumi:prod::hipaa-platform::"
        resources = [{"urn": f"{beginning}{types[name]}::{id_}", "type": types[name], "id": id_} for name, id_ in made.items()]
        file = tmp_path / "state.json"
        file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))
        return "--state", str(file)

    return write


LOOK_OF = {"administrators": "caller", "API server": "cluster"}


@pytest.fixture
def only(monkeypatch):
    """Leaves the one look at the account that finds this; that all of them stand together is a test of its own."""

    def leave(check):
        wanted = LOOK_OF.get(check, check)
        left = tuple(look for look in aws.LOOKS if look[0] == wanted) or tuple(
            look for look in aws.LOOKS if wanted.startswith(look[0][:-1])
        )
        assert left, check
        monkeypatch.setattr(aws, "LOOKS", left)

    return leave


@pytest.fixture
def doctor(capsys):
    """Runs the verb: findings by the name of what was looked at, each as outcome, message and fix; and the exit code."""

    def examine(directory, *options):
        code = run(["doctor", "--stack", "prod", "--dir", str(directory), "--format", "json", *options])
        captured = capsys.readouterr()
        assert captured.err == ""
        found = json.loads(captured.out)["findings"]
        assert len({each["check"] for each in found}) == len(found)
        return {each["check"]: (each["outcome"], each["message"], each["fix"]) for each in found}, code

    return examine


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH with only these programs; a text is what one prints."""

    def install(**said):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, text in said.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\necho '{text}'\n")
            program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))

    return install
