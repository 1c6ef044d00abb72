"""The webhook for images on a real API server: what it sees, and that it is gone with its session."""

import pytest

from hipaa_stack.sandbox.images import ImageWebhook
from tests.hipaa_stack.sandbox.images.conftest import Estate

pytestmark = pytest.mark.cluster

WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
NAMESPACE = "image-webhook"
SPEC = {"containers": [{"name": "c", "image": "nginx"}]}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": SPEC}
WORKLOAD = {"selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}
JOB = {"template": {"spec": {**SPEC, "restartPolicy": "Never"}}}
OBJECTS = {
    "pods": ("/api/v1", {"spec": SPEC}),
    "replicationcontrollers": ("/api/v1", {"spec": {"selector": {"app": "web"}, "template": TEMPLATE}}),
    "podtemplates": ("/api/v1", {"template": TEMPLATE}),
    "deployments": ("/apis/apps/v1", {"spec": WORKLOAD}),
    "daemonsets": ("/apis/apps/v1", {"spec": WORKLOAD}),
    "replicasets": ("/apis/apps/v1", {"spec": WORKLOAD}),
    "statefulsets": ("/apis/apps/v1", {"spec": {**WORKLOAD, "serviceName": "web"}}),
    "jobs": ("/apis/batch/v1", {"spec": JOB}),
    "cronjobs": ("/apis/batch/v1", {"spec": {"schedule": "@daily", "jobTemplate": {"spec": JOB}}}),
}


@pytest.fixture(scope="module")
def api(local_kubernetes):
    local_kubernetes.request("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    yield local_kubernetes.request
    local_kubernetes.request("DELETE", f"/api/v1/namespaces/{NAMESPACE}")


@pytest.fixture
def estate(tmp_path):
    """A cluster whose nodes have no way out; the webhook is in force."""
    return Estate(tmp_path).with_nodes("inner")


@pytest.fixture
def guarded(estate, tmp_path, local_kubernetes):
    with ImageWebhook(tmp_path, local_kubernetes):
        yield estate


def create(api, plural, **query):
    root, body = OBJECTS[plural]
    given = "&".join(f"{name}={value}" for name, value in query.items())
    return api("POST", f"{root}/namespaces/{NAMESPACE}/{plural}?{given}", {"metadata": {"name": "web"}} | body)


@pytest.mark.parametrize("plural", OBJECTS)
def test_every_kind_of_workload_is_refused_in_a_preview_too(guarded, api, plural):
    for query in ({}, {"dryRun": "All"}):
        status, answer = create(api, plural, **query)
        assert status == 422, answer
        assert f"{NAMESPACE}/web: image: got 'nginx'; accepted: " in answer["message"]


def test_what_exists_at_the_moment_decides(guarded, api):
    assert create(api, "pods", dryRun="All")[0] == 422
    guarded.add("route", "r", {"routeTableId": "t", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat"})
    assert create(api, "pods", dryRun="All")[0] == 201
    guarded.remove("route", "r")
    assert create(api, "pods", dryRun="All")[0] == 422


def test_a_pod_that_runs_is_changed_but_debugged_with_no_such_image(estate, tmp_path, api, local_kubernetes):
    assert create(api, "pods")[0] == 201
    pod = f"/api/v1/namespaces/{NAMESPACE}/pods/web"
    with ImageWebhook(tmp_path, local_kubernetes):
        assert api("PATCH", pod, {"metadata": {"labels": {"team": "clinic"}}})[0] == 200
        debug = {"spec": {"ephemeralContainers": [{"name": "d", "image": "busybox"}]}}
        status, answer = api("PATCH", f"{pod}/ephemeralcontainers", debug)
        assert status == 422
        assert "got 'busybox'" in answer["message"]
    api("DELETE", f"{pod}?gracePeriodSeconds=0")


def test_sessions_share_an_api_server_and_leave_nothing(estate, tmp_path, tmp_path_factory, api, local_kubernetes):
    before = api("GET", WEBHOOKS)[1]["items"]
    with ImageWebhook(tmp_path_factory.mktemp("other"), local_kubernetes):
        assert create(api, "pods", dryRun="All")[0] == 201, "a session without clusters refuses nothing"
        with ImageWebhook(tmp_path, local_kubernetes):
            assert create(api, "pods", dryRun="All")[0] == 422
        assert create(api, "pods", dryRun="All")[0] == 201
    assert api("GET", WEBHOOKS)[1]["items"] == before
