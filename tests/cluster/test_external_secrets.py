"""ExternalSecrets on a real API server: the chart in a restricted namespace, and its real operator with the chart's rights.

The chart is the one that the Go module of the operator carries: 0.20.3, with the operator 0.20.4, where the baseline pins
2.9.0. Its webhook has no pod here that could answer, so its registration is taken away before the first store is made:
what it would check was not tried. The field `sessionTagsPolicy`, which newer definitions have, is added to these. The operator
reads from its `fake` provider, put into a store of ours in place of AWS.
"""

import base64
import json
import subprocess
import sys

import pytest

from hipaa_stack.baseline import COMPONENTS

from .controllers import built, eventually, in_a_pod

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

NAMESPACE, OPERATOR, PATIENTS = "external-secrets", "external-secrets", "external-clinic"
DIGEST = "sha256:" + "0" * 64
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.36"}
WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
OBJECTS = f"/apis/external-secrets.io/v1/namespaces/{PATIENTS}"
SECRETS = f"/api/v1/namespaces/{PATIENTS}/secrets"
ROLE = "arn:aws:iam::123456789012:role/store"
ITEMS = [{"secret_key": "password", "remote_key": "clinic/database"}]
PLACES = {
    "stores": [
        {"name": "clinic", "namespace": PATIENTS, "aws": {"region": "us-east-1", "role_arn": ROLE}},
        {"name": "irsa", "namespace": PATIENTS, "aws": {"region": "us-east-1", "service_account": "billing-secrets"}},
        {
            "name": "google",
            "namespace": PATIENTS,
            "gcp": {
                "project_id": "clinic-records",
                "cluster_name": "clinic",
                "cluster_location": "us-east1",
                "cluster_project_id": "clinic-clusters",
                "service_account": "api",
            },
        },
        {
            "name": "azure",
            "namespace": PATIENTS,
            "azure": {
                "vault_url": "https://clinic.vault.azure.net",
                "tenant_id": "11111111-2222-3333-4444-555555555555",
                "service_account": "api",
            },
        },
        {
            "name": "vault",
            "namespace": PATIENTS,
            "vault": {
                "server": "https://vault.example.org",
                "path": "records",
                "role": "clinic",
                "service_account": "api",
                "authority": {"name": "vault-ca"},
            },
        },
    ],
    "cluster_stores": [
        {
            "name": "shared",
            "aws": {"region": "us-east-1", "role_arn": ROLE},
            "namespaces": [PATIENTS],
            "match_labels": {"hipaa-stack/data-class": "phi"},
        }
    ],
    "secrets": [{"name": "database", "namespace": PATIENTS, "store": "clinic", "items": ITEMS, "refresh_minutes": 1}],
}


@pytest.fixture(scope="session")
def local_kubernetes(kubernetes_with_node):
    """One on which the pods of the chart become ready."""
    return kubernetes_with_node


@pytest.fixture(scope="module")
def installed(program, api, external_secrets_source):
    for namespace in (NAMESPACE, PATIENTS):
        api("POST", "/api/v1/namespaces", {"metadata": {"name": namespace, "labels": RESTRICTED}})
    made = program(
        "ExternalSecrets",
        {
            "namespace": NAMESPACE,
            "owner": "platform-team",
            "image_digest": DIGEST,
            "provider_cidrs": ["10.0.0.0/24"],
            "network": {"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], "service_cidr": "172.20.0.0/16"},
            "source": external_secrets_source,
        },
    )
    made.up(cluster_stores=PLACES["cluster_stores"][:0])
    for hook in api("GET", WEBHOOKS)[1]["items"]:
        assert api("DELETE", f"{WEBHOOKS}/{hook['metadata']['name']}")[0] == 200
    made.up(**PLACES)
    return made


@pytest.fixture
def state(installed, tmp_path):
    file = tmp_path / "state.json"
    file.write_text(installed.pulumi("stack", "export").stdout)
    return file


def deployment(api, name=OPERATOR):
    return api("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}")[1]


def secret(api, name="database"):
    status, answer = api("GET", f"{SECRETS}/{name}")
    return answer if status == 200 else None


def value(api):
    found = secret(api)
    return found and base64.b64decode(found["data"]["password"]).decode()


def keep(api, password):
    """What the store holds from now on."""
    held = {"data": [{"key": "clinic/database", "value": password}]}
    hold(api, held)


def hold(api, held):
    """Puts the fake provider into the place of AWS."""
    _, store = api("GET", f"{OBJECTS}/secretstores/clinic")
    status, answer = api("PUT", f"{OBJECTS}/secretstores/clinic", {**store, "spec": {"provider": {"fake": held}}})
    assert status == 200, answer


@pytest.mark.parametrize("part", ["", "-webhook", "-cert-controller"])
def test_its_pods_are_ready_in_a_restricted_namespace_with_one_image(installed, api, part):
    found = deployment(api, f"{OPERATOR}{part}")
    assert found["status"]["readyReplicas"] == found["spec"]["replicas"] == (1 if part == "-cert-controller" else 2)
    assert found["metadata"]["labels"]["hipaa-stack/owner"] == "platform-team"
    (container,) = found["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"ghcr.io/external-secrets/external-secrets:v2.9.0@{DIGEST}"
    assert container["resources"]["limits"]["memory"] == "256Mi"
    policy = api("GET", f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/networkpolicies/hipaa-{OPERATOR}{part}")[1]
    assert policy["spec"]["podSelector"]["matchLabels"].items() <= found["spec"]["template"]["metadata"]["labels"].items()


def test_a_second_up_changes_nothing(installed):
    installed.up("--expect-no-changes")


def test_nobodys_rights_grow_by_the_roles_of_the_chart(installed, api):
    """This chart has no setting yet for what administrators of a namespace get."""
    roles = api("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles")[1]["items"]
    ours = [role["metadata"] for role in roles if role["metadata"]["name"].startswith("external-secrets")]
    assert ours
    grown = ("rbac.authorization.k8s.io/aggregate-to-view", "rbac.authorization.k8s.io/aggregate-to-edit")
    aggregated = [role["name"] for role in ours if any(label in role.get("labels", {}) for label in grown)]
    assert aggregated == []


def test_what_fails_a_required_rule_is_what_is_declared(state):
    run = subprocess.run(
        [sys.executable, "-m", "hipaa_stack", "check", str(state), "--format", "json"], text=True, capture_output=True, check=False
    )
    failed = [found for found in json.loads(run.stdout)["findings"] if found["outcome"] == "fail" and found["level"] == "mandatory"]
    # This chart lets the operator ask for tokens of every account; the pinned one has a setting, which is off.
    older = ["may create tokens of any service account"]
    assert [found["message"] for found in failed if found["waiver"] is None] == older
    waived = {(found["rule"], found["waiver"]["justification"]) for found in failed if found["waiver"]}
    assert waived == {(each.rule, each.reason) for each in COMPONENTS["ExternalSecrets"].exceptions}


def operator(local_kubernetes, api, directory):
    """Runs the real operator as its Deployment would."""
    (container,) = deployment(api)["spec"]["template"]["spec"]["containers"]
    arguments = ["--metrics-addr=127.0.0.1:0" if argument.startswith("--metrics-addr") else argument for argument in container["args"]]
    return in_a_pod(local_kubernetes, NAMESPACE, OPERATOR, [built("external-secrets"), *arguments], directory)


def test_the_real_operator_fills_what_the_store_holds(installed, local_kubernetes, api, tmp_path):
    keep(api, "first")
    with operator(local_kubernetes, api, tmp_path) as log:
        assert eventually(lambda: value(api), seconds=90, log=log) == "first"
        owner = secret(api)["metadata"]["ownerReferences"]
        assert [(each["kind"], each["name"]) for each in owner] == [("ExternalSecret", "database")]
        keep(api, "rotated")
        eventually(lambda: value(api) == "rotated", seconds=120, log=log)
        hold(api, {"data": [{"key": "clinic/other", "value": "none"}]})
        gone = eventually(lambda: not_ready(api), seconds=120, log=log)
        assert gone["reason"] == "SecretSyncedError"
        assert value(api) == "rotated", "a Secret stays when its source goes"


def not_ready(api):
    conditions = api("GET", f"{OBJECTS}/externalsecrets/database")[1].get("status", {}).get("conditions", [])
    return next((each for each in conditions if each["type"] == "Ready" and each["status"] == "False"), None)


def test_what_leaves_the_stack_leaves_the_cluster(installed, local_kubernetes, api, tmp_path):
    """While the operator still runs, which takes its finalizers away: a stack that goes takes it away last."""
    with operator(local_kubernetes, api, tmp_path):
        installed.up(secrets=[], stores=[], cluster_stores=[])
    assert api("GET", f"{OBJECTS}/secretstores")[1]["items"] == []
    assert api("GET", f"{OBJECTS}/externalsecrets")[1]["items"] == []
    eventually(lambda: secret(api) is None, seconds=60)
    installed.destroy("--skip-preview")
    assert api("GET", f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments")[1]["items"] == []
    assert api("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/externalsecrets.external-secrets.io")[0] == 200, "they stay"
