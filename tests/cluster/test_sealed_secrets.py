"""SealedSecrets on a real API server: the chart in a restricted namespace, and its real controller with the chart's rights.

The chart is the one that the Go module of the controller carries: version 2.19.0, where the baseline pins 2.19.1.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_stack.baseline import CHARTS, COMPONENTS

from .controllers import built, eventually, in_a_pod

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

NAMESPACE, CONTROLLER, PATIENTS = "sealed-secrets", "sealed-secrets-controller", "sealed-clinic"
DIGEST = "sha256:" + "0" * 64
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.36"}
SEALED = f"/apis/bitnami.com/v1alpha1/namespaces/{PATIENTS}/sealedsecrets"
SECRETS = f"/api/v1/namespaces/{PATIENTS}/secrets"


@pytest.fixture(scope="session")
def local_kubernetes(kubernetes_with_node):
    """One on which the controller's pod becomes ready."""
    return kubernetes_with_node


@pytest.fixture(scope="module")
def installed(program, api):
    for namespace in (NAMESPACE, PATIENTS):
        api("POST", "/api/v1/namespaces", {"metadata": {"name": namespace, "labels": RESTRICTED}})
    chart = built("sealed-secrets-chart")
    made = program(
        "SealedSecrets",
        {
            "namespace": NAMESPACE,
            "owner": "platform-team",
            "image_digest": DIGEST,
            "backup": "VELERO",
            "network": {"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], "service_cidr": "172.20.0.0/16"},
            "source": {"chart": str(chart), "crds": str(chart / "crds" / "bitnami.com_sealedsecrets.yaml")},
        },
    )
    made.up()
    return made


@pytest.fixture
def state(installed, tmp_path):
    file = tmp_path / "state.json"
    file.write_text(installed.pulumi("stack", "export").stdout)
    return file


@pytest.fixture
def deployment(installed, api):
    return api("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{CONTROLLER}")[1]


def test_the_controller_is_ready_in_a_restricted_namespace(installed, deployment):
    assert deployment["status"]["readyReplicas"] == 1
    assert deployment["metadata"]["labels"]["hipaa-stack/owner"] == "platform-team"
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"docker.io/bitnami/sealed-secrets-controller:0.38.4@{DIGEST}"
    assert container["args"][container["args"].index("--key-renew-period") + 1] == "720h"
    installed.up("--expect-no-changes")


def test_the_policies_select_the_pods_of_the_chart(installed, api, deployment):
    spec = api("GET", f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/networkpolicies/hipaa-sealed-secrets")[1]["spec"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert spec["podSelector"]["matchLabels"].items() <= labels.items()
    assert "ingress" not in spec, "nobody"


def test_nobody_is_given_access_to_the_service(installed, api):
    bindings = api("GET", f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NAMESPACE}/rolebindings")[1]["items"]
    assert [subject["name"] for binding in bindings for subject in binding["subjects"]] == [CONTROLLER]


def test_what_fails_a_required_rule_is_what_is_declared(state):
    run = subprocess.run(
        [sys.executable, "-m", "hipaa_stack", "check", str(state), "--format", "json"], text=True, capture_output=True, check=False
    )
    failed = [found for found in json.loads(run.stdout)["findings"] if found["outcome"] == "fail" and found["level"] == "mandatory"]
    assert [found for found in failed if found["waiver"] is None] == []
    waived = {(found["rule"], found["waiver"]["justification"]) for found in failed if found["waiver"]}
    assert waived == {(each.rule, each.reason) for each in COMPONENTS["SealedSecrets"].exceptions}


def test_the_definitions_stay_when_the_stack_goes(state):
    resources = json.loads(state.read_text())["deployment"]["resources"]
    (definition,) = (item for item in resources if item["type"].endswith(":CustomResourceDefinition"))
    assert definition["retainOnDelete"] is True


def test_the_real_controller_opens_what_kubeseal_sealed(local_kubernetes, api, deployment, tmp_path):
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    arguments = ["127.0.0.1:0" if argument.startswith(":80") else argument for argument in container["args"]]
    with in_a_pod(local_kubernetes, NAMESPACE, CONTROLLER, [built("controller"), *arguments], tmp_path) as log:
        labelled = f"/api/v1/namespaces/{NAMESPACE}/secrets?labelSelector=sealedsecrets.bitnami.com%2Fsealed-secrets-key%3Dactive"
        (key,) = eventually(lambda: api("GET", labelled)[1]["items"], log=log)
        sealed = seal(key, "database", tmp_path)
        assert "patients" not in json.dumps(sealed)
        assert api("POST", SEALED, sealed)[0] == 201
        opened = eventually(lambda: secret(api, "database"), log=log)
        assert base64.b64decode(opened["data"]["password"]) == b"patients"
        assert opened["type"] == "Opaque"
        sealed["metadata"]["name"] = sealed["spec"]["template"]["metadata"]["name"] = "other"  # strict: bound to its name
        assert api("POST", SEALED, sealed)[0] == 201
        refused = eventually(lambda: api("GET", f"{SEALED}/other")[1].get("status"), log=log)
        assert refused["conditions"][0] | {"type": "Synced", "status": "False"} == refused["conditions"][0]
        assert secret(api, "other") is None


def seal(key, name, directory):
    """A Secret as its owner seals it, offline, with the certificate alone."""
    certificate = directory / "certificate.pem"
    certificate.write_bytes(base64.b64decode(key["data"]["tls.crt"]))
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": PATIENTS}, "stringData": {"password": "patients"}}
    run = subprocess.run([built("kubeseal"), "--cert", certificate], input=json.dumps(body), text=True, capture_output=True, check=True)
    return json.loads(run.stdout)


def secret(api, name):
    status, answer = api("GET", f"{SECRETS}/{name}")
    return answer if status == 200 else None


def test_a_new_stack_takes_over_the_definitions_that_stayed(installed, api):
    installed.destroy("--skip-preview")
    assert api("GET", SEALED)[1]["items"], "what was sealed is still there"
    assert api("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{CONTROLLER}")[0] == 404
    installed.up()


def test_the_controller_that_runs_here_is_the_pinned_one():
    required = (Path(__file__).parents[2] / "testbed" / "sealed-secrets" / "go.mod").read_text()
    assert f"github.com/bitnami/sealed-secrets v{CHARTS['SealedSecrets'].app_version}\n" in required
