"""HardenedNamespace on a real API server: what it refuses, what it admits, what it takes over and gives back."""

import copy
import datetime as dt
import time

import pytest

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], "service_cidr": "172.20.0.0/16"}
OPEN, HARDENED, ADOPTED, OBSERVED, PROTECTED = "open-twin", "hardened", "adopted", "observed", "protected"
EPHEMERAL = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
OBSERVE = {
    **EPHEMERAL,
    "until": str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=7)),
    "assessment": "The old workloads need a quarter to be adapted.",
    "alternative_measure": "A firewall in front of the cluster keeps the old rules meanwhile.",
}
SECURE = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def arguments(name, **change):
    return {"name": name, "owner": "clinic-team", "data_classification": "SYNTHETIC", "network": NETWORK, **change}


def pod(**container):
    spec = {"name": "main", "image": "registry.example.com/app@sha256:" + "0" * 64, "securityContext": SECURE, **container}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "probe-"}, "spec": {"containers": [spec]}}


def with_spec(**spec):
    made = pod()
    return {**made, "spec": {**made["spec"], **spec}}


def claim(size):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"generateName": "probe-"}, "spec": spec}


def service(type_):
    spec = {"type": type_, "selector": {"app": "x"}, "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"generateName": "probe-"}, "spec": spec}


def resources(cpu, memory="64Mi"):
    return {"resources": {"limits": {"cpu": cpu, "memory": memory}}}


def eventually(condition, seconds=20):
    """Controllers act a moment later."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def create(api):
    """Creates and removes an object: `create(namespace, body)` gives status and answer."""

    def run(namespace, body):
        plural = {"Pod": "pods", "PersistentVolumeClaim": "persistentvolumeclaims", "Service": "services"}[body["kind"]]
        path = f"/api/v1/namespaces/{namespace}/{plural}"
        status, answer = api("POST", path, body)
        if status == 201:
            api("DELETE", f"{path}/{answer['metadata']['name']}", {"gracePeriodSeconds": 0})
        return status, answer

    return run


def make_namespace(api, name, **metadata):
    api("POST", "/api/v1/namespaces", {"metadata": {"name": name, **metadata}})
    eventually(lambda: api("GET", f"/api/v1/namespaces/{name}/serviceaccounts/default")[0] == 200)


@pytest.fixture(scope="module")
def twin(api):
    """A namespace that nobody hardened: what is refused in the other one must work here."""
    make_namespace(api, OPEN)
    yield OPEN
    api("DELETE", f"/api/v1/namespaces/{OPEN}")


@pytest.fixture(scope="module")
def hardened(program, api):
    made = program("HardenedNamespace", arguments(HARDENED))
    made.up()
    quota = f"/api/v1/namespaces/{HARDENED}/resourcequotas/hipaa-quota"
    eventually(lambda: api("GET", quota)[1].get("status", {}).get("hard"))  # it bites once the controller has counted
    return made


@pytest.mark.usefixtures("hardened", "twin")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (pod(securityContext={**SECURE, "privileged": True, "allowPrivilegeEscalation": True}), 'violates PodSecurity "restricted:v1.36"'),
        (pod(securityContext={**SECURE, "runAsNonRoot": False}), 'violates PodSecurity "restricted:v1.36"'),
        (pod(securityContext={**SECURE, "capabilities": {}}), 'violates PodSecurity "restricted:v1.36"'),
        (pod(securityContext={}), 'violates PodSecurity "restricted:v1.36"'),
        (with_spec(hostNetwork=True), 'violates PodSecurity "restricted:v1.36"'),
        (with_spec(volumes=[{"name": "host", "hostPath": {"path": "/"}}]), 'violates PodSecurity "restricted:v1.36"'),
        (pod(**resources("5")), "maximum cpu usage per Container is 4"),
        (pod(**resources("1", "9Gi")), "maximum memory usage per Container is 8Gi"),
        (
            with_spec(containers=[{**pod(**resources("4"))["spec"]["containers"][0], "name": f"c{n}"} for n in range(3)]),
            "exceeded quota: hipaa-quota",
        ),
        (claim("200Gi"), "maximum storage usage per PersistentVolumeClaim is 100Gi"),
        (claim("10Mi"), "minimum storage usage per PersistentVolumeClaim is 1Gi"),
        (service("LoadBalancer"), "exceeded quota: hipaa-quota"),
        (service("NodePort"), "exceeded quota: hipaa-quota"),
    ],
)
def test_refuses_what_an_open_namespace_admits(create, body, reason):
    status, answer = create(HARDENED, copy.deepcopy(body))
    assert status == 403
    assert reason in answer["message"]
    assert create(OPEN, body)[0] == 201


@pytest.mark.usefixtures("hardened")
@pytest.mark.parametrize("body", [pod(), pod(**resources("4", "8Gi")), claim("100Gi"), service("ClusterIP")])
def test_admits_what_keeps_the_rules(create, body):
    status, answer = create(HARDENED, body)
    assert status == 201, answer


def token_volumes(created):
    return [
        volume
        for volume in created["spec"].get("volumes", [])
        if any("serviceAccountToken" in source for source in volume["projected"]["sources"])
    ]


@pytest.mark.usefixtures("hardened", "twin")
def test_pods_of_the_default_account_get_no_token(create):
    assert token_volumes(create(HARDENED, pod())[1]) == []
    assert len(token_volumes(create(OPEN, pod())[1])) == 1


@pytest.mark.usefixtures("hardened")
def test_containers_without_limits_get_the_defaults(create):
    _, created = create(HARDENED, pod())
    assert created["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"cpu": "500m", "memory": "512Mi"},
    }


@pytest.mark.usefixtures("hardened")
def test_network_policies_deny_by_default(api):
    _, listed = api("GET", f"/apis/networking.k8s.io/v1/namespaces/{HARDENED}/networkpolicies")
    policies = {item["metadata"]["name"]: item["spec"] for item in listed["items"]}
    assert sorted(policies) == ["hipaa-allow-cloud-identity", "hipaa-allow-dns", "hipaa-default-deny"]
    assert policies["hipaa-default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_second_up_changes_nothing(hardened):
    hardened.up("--expect-no-changes")
    hardened.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    hardened.pulumi("preview", "--expect-no-changes")


def test_an_existing_namespace_is_adopted_and_given_back(program, api):
    make_namespace(api, ADOPTED, labels={"team": "a", "pod-security.kubernetes.io/warn": "baseline"})
    path = f"/api/v1/namespaces/{ADOPTED}"
    uid = api("GET", path)[1]["metadata"]["uid"]
    account = f"{path}/serviceaccounts/default"

    made = program("HardenedNamespace", arguments(ADOPTED, adopt=True))
    made.up()
    labels = api("GET", path)[1]["metadata"]["labels"]
    assert (labels["team"], labels["hipaa-stack/data-class"]) == ("a", "synthetic")
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}
    assert api("GET", account)[1]["automountServiceAccountToken"] is False
    made.up("--expect-no-changes")

    made.destroy("--skip-preview")
    _, namespace = api("GET", path)
    assert namespace["metadata"]["uid"] == uid
    assert namespace["metadata"]["labels"] == {"team": "a", "kubernetes.io/metadata.name": ADOPTED}
    assert "automountServiceAccountToken" not in api("GET", account)[1]


def test_observing_changes_nothing_that_runs(program, api, create):
    make_namespace(api, OBSERVED)
    running = api("POST", f"/api/v1/namespaces/{OBSERVED}/pods", pod(securityContext={"privileged": True}))[1]["metadata"]
    path = f"/api/v1/namespaces/{OBSERVED}"

    made = program("HardenedNamespace", arguments(OBSERVED, adopt=True, observe=OBSERVE))
    made.up()
    _, namespace = api("GET", path)
    assert namespace["metadata"]["annotations"]["hipaa-stack/observe-until"] == OBSERVE["until"]
    assert "pod-security.kubernetes.io/enforce" not in namespace["metadata"]["labels"]
    assert api("GET", f"{path}/pods/{running['name']}")[1]["metadata"]["uid"] == running["uid"]
    assert create(OBSERVED, pod(securityContext={"privileged": True}))[0] == 201
    for kind in ("resourcequotas", "limitranges"):
        assert api("GET", f"{path}/{kind}")[1]["items"] == []
    assert api("GET", f"/apis/networking.k8s.io/v1/namespaces/{OBSERVED}/networkpolicies")[1]["items"] == []
    assert "automountServiceAccountToken" not in api("GET", f"{path}/serviceaccounts/default")[1]

    made.up(observe=None)
    assert create(OBSERVED, pod(securityContext={"privileged": True}))[0] == 403
    assert api("GET", f"{path}/pods/{running['name']}")[1]["metadata"]["uid"] == running["uid"]
    assert "hipaa-stack/observe-until" not in api("GET", path)[1]["metadata"]["annotations"]


def test_patient_data_refuses_to_be_destroyed(program, api):
    made = program("HardenedNamespace", arguments(PROTECTED, data_classification="PHI"))
    made.up()
    refused = made.destroy(check=False)
    assert refused.returncode != 0
    assert "made-default-deny" in refused.stdout
    assert "because it is protected" in refused.stdout
    made.destroy("--exclude-protected", "--skip-preview")
    assert api("GET", f"/api/v1/namespaces/{PROTECTED}")[0] == 200
    assert api("GET", f"/apis/networking.k8s.io/v1/namespaces/{PROTECTED}/networkpolicies/hipaa-default-deny")[0] == 200
    made.up("--expect-no-changes")
