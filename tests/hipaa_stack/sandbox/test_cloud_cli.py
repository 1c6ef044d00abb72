import json
import os
import subprocess
import sys

import pytest

from hipaa_stack.sandbox import cloud_cli
from hipaa_stack.sandbox.config import KubernetesEndpoint, SandboxConfig

ENDPOINT = KubernetesEndpoint(url="https://127.0.0.1:1", certificate_authority="", token="the-token")


def run(directory, *arguments, **environment):
    command = [sys.executable, "-I", "-S", cloud_cli.__file__, *arguments]
    environment = {**os.environ, "HIPAA_STACK_SANDBOX": str(directory), **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize(
    "line",
    [
        "aws eks get-token --cluster-name main",
        "aws --region us-east-1 eks get-token --cluster-name main --output json",
        "gke-gcloud-auth-plugin",
    ],
)
@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_cluster_credentials_are_given_out(tmp_path, line, version):
    SandboxConfig(kubernetes=ENDPOINT).write(tmp_path)
    version = f"client.authentication.k8s.io/{version}"
    result = run(tmp_path, *line.split(), KUBERNETES_EXEC_INFO=json.dumps({"apiVersion": version, "kind": "ExecCredential", "spec": {}}))
    assert json.loads(result.stdout) == {"apiVersion": version, "kind": "ExecCredential", "status": {"token": "the-token"}}
    assert result.returncode == 0


@pytest.mark.parametrize(
    "line", ["aws s3 ls", "aws sts get-caller-identity", "aws", "gcloud auth print-access-token", "aws eks list-clusters"]
)
def test_everything_else_is_refused_in_one_sentence(tmp_path, line):
    SandboxConfig(kubernetes=ENDPOINT).write(tmp_path)
    result = run(tmp_path, *line.split())
    assert result.returncode == 1
    assert result.stdout == ""
    assert (
        result.stderr
        == f"hipaa-stack sandbox: clouds are simulated here, `{line}` reaches no account; only cluster credentials are given out\n"
    )


def test_without_a_cluster_the_token_is_invented(tmp_path):
    SandboxConfig().write(tmp_path)
    assert json.loads(run(tmp_path, "aws", "eks", "get-token").stdout)["status"] == {"token": "simulated-token"}
