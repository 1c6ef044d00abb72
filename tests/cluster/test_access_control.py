"""AccessControl on a real API server: who may do what, and the reaper's script with its own account and a real kubectl."""

import datetime as dt
import json
import subprocess
import sys
from typing import NamedTuple

import pytest

from hipaa_stack.baseline import COMPONENTS
from hipaa_stack.sandbox.kubernetes.kubeconfig import write_kubeconfig

from .controllers import built

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

CLINIC, BILLING, ACCESS = "access-clinic", "access-billing", "access-tools"
ELSEWHERE = "access-elsewhere"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted", "hipaa-stack/data-class": "phi"}
RBAC = "rbac.authorization.k8s.io"
REAPER = "hipaa-break-glass-reaper"
ARGS = {
    "owner": "platform-team",
    "auditors": ["clinic:auditors"],
    "developers": ["clinic:developers"],
    "operators": ["clinic:operators"],
    "break_glass_approvers": ["clinic:approvers"],
    "reaper_image": "registry.example.org/kubectl@sha256:" + "0" * 64,
    "namespaces": [CLINIC, BILLING],
    "namespace": ACCESS,
    "network": {"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], "service_cidr": "172.20.0.0/16"},
}


class Person(NamedTuple):
    """How the API server sees somebody."""

    name: str
    group: str


PEOPLE = {
    "auditor": Person("ada", "clinic:auditors"),
    "developer": Person("dora", "clinic:developers"),
    "operator": Person("olga", "clinic:operators"),
    "approver": Person("arno", "clinic:approvers"),
    "emergency": Person("grace", "clinic:on-call"),
    "nobody": Person("nora", "clinic:visitors"),
}


@pytest.fixture(scope="module")
def installed(program, api):
    for namespace in (CLINIC, BILLING, ACCESS, ELSEWHERE):
        api("POST", "/api/v1/namespaces", {"metadata": {"name": namespace, "labels": RESTRICTED}})
    made = program("AccessControl", ARGS)
    made.up()
    return made


@pytest.fixture
def as_(installed, api):
    """One call in the name of somebody: `as_("operator", "GET", path)` gives status and answer."""
    return lambda who, *call: api(*call, user=PEOPLE[who].name, group=PEOPLE[who].group)


# Who may do what ---------------------------------------------------------------------------------------------------


class Right(NamedTuple):
    """One question to the API server, and who is told yes."""

    verb: str
    resource: str
    """With its subresource, as `pods/exec`."""
    allowed: str = ""
    """The people, separated by spaces; nobody if empty."""
    group: str = ""
    namespace: str = CLINIC
    """"" for what is in no namespace, or in all of them."""

    def __str__(self):
        return f"{self.verb} {self.resource} {self.namespace or 'everywhere'}"


WORKERS = "developer operator emergency"
MATRIX = [
    Right("get", "secrets", "emergency"),
    Right("list", "secrets", "emergency"),
    Right("create", "pods/exec", "emergency"),
    Right("get", "pods/exec", "emergency"),
    Right("create", "pods/portforward", "emergency"),
    Right("get", "pods/log", WORKERS),
    Right("get", "configmaps", WORKERS),
    Right("list", "pods", f"auditor {WORKERS}"),
    Right("list", "events", f"auditor {WORKERS}"),
    Right("list", "deployments", f"auditor {WORKERS}", "apps"),
    Right("patch", "deployments", "operator emergency", "apps"),
    Right("update", "statefulsets", "operator emergency", "apps"),
    Right("patch", "deployments/scale", "operator emergency", "apps"),
    Right("create", "deployments", "operator", "apps"),
    Right("delete", "daemonsets", "operator", "apps"),
    Right("create", "jobs", "operator", "batch"),
    Right("create", "services", "operator"),
    Right("patch", "configmaps", "operator"),
    Right("create", "poddisruptionbudgets", "operator", "policy"),
    Right("delete", "pods", "operator emergency"),
    Right("list", "networkpolicies", "auditor", "networking.k8s.io"),
    Right("list", "serviceaccounts", "auditor"),
    Right("list", "roles", "auditor", RBAC),
    Right("list", "rolebindings", "auditor approver", RBAC),
    Right("list", "clusterrolebindings", "auditor", RBAC, ""),
    Right("list", "nodes", "auditor", "", ""),
    Right("list", "storageclasses", "auditor", "storage.k8s.io", ""),
    Right("list", "validatingadmissionpolicies", "auditor", "admissionregistration.k8s.io", ""),
    Right("list", "pods", "auditor", "", "kube-system"),
    Right("list", "secrets", "", "", ""),
    Right("list", "secrets", "", "", ELSEWHERE),
    Right("get", "secrets", "", "", BILLING),
    Right("create", "pods/exec", "", "", BILLING),
    Right("get", "configmaps", "developer operator", "", BILLING),
    Right("get", "configmaps", "", "", ELSEWHERE),
    Right("patch", "deployments", "", "apps", ACCESS),
    Right("patch", "cronjobs", "", "batch", ACCESS),
    Right("create", "pods"),
    Right("patch", "pods"),
    Right("create", "pods/attach"),
    Right("patch", "pods/ephemeralcontainers"),
    Right("create", "pods/eviction"),
    Right("create", "serviceaccounts"),
    Right("create", "serviceaccounts/token"),
    Right("create", "serviceaccounts/token", "", "", ACCESS),
    Right("create", "secrets"),
    Right("get", "nodes/proxy", "", "", ""),
    Right("delete", "networkpolicies", "", "networking.k8s.io"),
    Right("delete", "resourcequotas"),
    Right("update", "rolebindings", "", RBAC),
    Right("patch", "rolebindings", "", RBAC),
    Right("create", "rolebindings", "approver", RBAC),
    Right("create", "rolebindings", "", RBAC, ACCESS),
    Right("create", "rolebindings", "", RBAC, "kube-system"),
    Right("delete", "rolebindings", "", RBAC),
    Right("create", "clusterrolebindings", "", RBAC, ""),
    Right("create", "roles", "", RBAC),
    Right("patch", "clusterroles", "", RBAC, ""),
    Right("patch", "namespaces", "", "", ""),
    Right("delete", "namespaces", "", "", ""),
    Right("create", "persistentvolumes", "", "", ""),
    Right("delete", "validatingadmissionpolicybindings", "", "admissionregistration.k8s.io", ""),
]
BY_REVIEW_ONLY = [
    Right("watch", "secrets", "emergency"),
    Right("impersonate", "users", "", "", ""),
    Right("impersonate", "groups", "", "", ""),
    Right("impersonate", "serviceaccounts"),
    Right("bind", "clusterroles", "", RBAC),
    Right("escalate", "roles", "", RBAC),
    Right("*", "*", "", "*"),
    Right("*", "*", "", "*", ""),
]
"""What no request tries here: a watch answers with a stream, and a call in somebody's name cannot be in that of a third."""


@pytest.fixture
def emergency(installed, api):
    """One person has emergency access to one namespace, given now or by a test before."""
    assert bind(api, "approver", binding("hipaa-break-glass-1"))[0] in (201, 409)


@pytest.mark.usefixtures("emergency")
@pytest.mark.parametrize("right", [*MATRIX, *BY_REVIEW_ONLY], ids=str)
def test_the_authorizer_says_who_may(api, right):
    resource, _, subresource = right.resource.partition("/")
    attributes = {"verb": right.verb, "group": right.group, "resource": resource, "subresource": subresource, "namespace": right.namespace}
    allowed = set()
    for who, person in PEOPLE.items():
        spec = {"user": person.name, "groups": [person.group, "system:authenticated"], "resourceAttributes": attributes}
        status, answer = api("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": spec})
        assert status == 201, answer
        allowed |= {who} if answer["status"]["allowed"] else set()
    assert allowed == set(right.allowed.split())


METHODS = {"get": "GET", "list": "GET", "create": "POST", "update": "PUT", "patch": "PATCH", "delete": "DELETE"}


def path_of(right):
    resource, _, subresource = right.resource.partition("/")
    api_group = f"/apis/{right.group}/v1" if right.group else "/api/v1"
    place = f"/namespaces/{right.namespace}" if right.namespace else ""
    one = "" if right.verb == "list" or (right.verb == "create" and not subresource) else "/absent"
    return f"{api_group}{place}/{resource}{one}{subresource and '/' + subresource}"


@pytest.mark.usefixtures("emergency")
@pytest.mark.parametrize("right", MATRIX, ids=str)
def test_the_api_server_lets_them(as_, right):
    """Past authorisation every call fails: its object is absent, or it has no name."""
    body = {} if right.verb in ("create", "update", "patch") else None
    statuses = {who: as_(who, METHODS[right.verb], path_of(right), body)[0] for who in PEOPLE}
    assert {who for who, status in statuses.items() if status != 403} == set(right.allowed.split()), statuses


# Emergency access --------------------------------------------------------------------------------------------------


def at(**shift):
    """A moment from now."""
    return f"{dt.datetime.now(dt.UTC) + dt.timedelta(**shift):%Y-%m-%dT%H:%M:%SZ}"


def annotations(**change):
    given = {"ticket": "CLINIC-7", "requested-at": at(minutes=-1), "expires-at": at(hours=1), **change}
    return {f"hipaa-stack/{name}": value for name, value in given.items() if value is not None}


GRACE = {"apiGroup": RBAC, "kind": "User", "name": "grace"}


def binding(name, role="hipaa-break-glass", subjects=(GRACE,), *, notes=None, **metadata):
    return {
        "metadata": {"name": name, "annotations": annotations() if notes is None else notes, **metadata},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        "subjects": list(subjects),
    }


def bindings_of(namespace):
    return f"/apis/{RBAC}/v1/namespaces/{namespace}/rolebindings"


def bind(api, who, body, namespace=CLINIC):
    return api("POST", bindings_of(namespace), body, user=PEOPLE[who].name, group=PEOPLE[who].group)


@pytest.mark.parametrize("who", ["auditor", "developer", "operator", "nobody"])
def test_nobody_else_gives_emergency_access(installed, api, who):
    assert bind(api, who, binding("mine", subjects=[{**GRACE, "name": PEOPLE[who].name}]))[0] == 403


@pytest.mark.usefixtures("emergency")
def test_who_has_emergency_access_gives_it_to_nobody(api):
    assert bind(api, "emergency", binding("more"))[0] == 403


@pytest.mark.parametrize(
    "role", ["cluster-admin", "admin", "edit", "view", "hipaa-auditor", "hipaa-developer", "hipaa-operator", "hipaa-break-glass-reaper"]
)
def test_approvers_give_no_other_role(installed, api, role):
    status, answer = bind(api, "approver", binding("other", role))
    assert status == 403
    assert "attempting to grant RBAC permissions not currently held" in answer["message"]


def test_approvers_give_emergency_access_in_named_namespaces_only(installed, api):
    for namespace in (ELSEWHERE, ACCESS, "kube-system"):
        assert bind(api, "approver", binding("there"), namespace)[0] == 403
    everywhere = f"/apis/{RBAC}/v1/clusterrolebindings"
    assert api("POST", everywhere, binding("everywhere"), user="arno", group="clinic:approvers")[0] == 403


def test_approvers_change_no_binding_and_end_only_those_of_emergencies(as_, api):
    created = bind(api, "approver", binding("hipaa-break-glass-2"))[1]
    path = bindings_of(CLINIC)
    assert as_("approver", "PUT", f"{path}/hipaa-break-glass-2", created)[0] == 403
    assert as_("approver", "PATCH", f"{path}/hipaa-break-glass-2", {"metadata": {"annotations": annotations()}})[0] == 403
    for ours in (REAPER, "hipaa-operator", "hipaa-break-glass-approver"):
        assert as_("approver", "DELETE", f"{path}/{ours}")[0] == 403
        assert api("GET", f"{path}/{ours}")[0] == 200
    assert as_("approver", "DELETE", f"{path}/hipaa-break-glass-2")[0] == 200


# The reaper --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def account(installed, local_kubernetes, api, tmp_path_factory):
    """A kubeconfig with a token of the reaper's account."""
    path = f"/api/v1/namespaces/{ACCESS}/serviceaccounts/{REAPER}/token"
    token = api("POST", path, {"spec": {"expirationSeconds": 3600}})[1]["status"]["token"]
    file = tmp_path_factory.mktemp("reaper") / "kubeconfig"
    return write_kubeconfig(file, local_kubernetes.endpoint.model_copy(update={"token": token}))


@pytest.fixture
def reap(account, api):
    """Runs what the CronJob runs: `reap()` gives the finished process."""
    job = api("GET", f"/apis/batch/v1/namespaces/{ACCESS}/cronjobs/{REAPER}")[1]
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]

    def run(*more, programs=None, **environment):
        command = [*container["command"], *container["args"], *more]
        given = {"PATH": f"{programs or built('kubectl').parent}:/usr/bin:/bin", "KUBECONFIG": str(account), "HOME": "/proc", **environment}
        return subprocess.run(command, env=given, text=True, capture_output=True, check=False, timeout=120)

    return run


def put(api, body, namespace=CLINIC):
    status, answer = bind(api, "approver", body, namespace)
    assert status == 201, answer


def names(api, namespace=CLINIC):
    items = api("GET", bindings_of(namespace))[1]["items"]
    ours = ("hipaa-developer", "hipaa-operator", "hipaa-break-glass-approver", REAPER)
    return {item["metadata"]["name"] for item in items} - {*ours, "hipaa-break-glass-1"}


STAY = {
    "good": {},
    "long-ticket": {"ticket": "EHR2-0042"},
    "requested-long-ago": {"requested-at": "2020-01-01T00:00:00Z"},
    "ends-far-away": {"expires-at": "2999-12-31T23:59:59Z"},
}
GO = {
    "over": {"requested-at": at(hours=-2), "expires-at": at(minutes=-1)},
    "ends-before-it-begins": {"requested-at": at(hours=2), "expires-at": at(hours=1)},
    "no-ticket": {"ticket": None},
    "no-request": {"requested-at": None},
    "no-end": {"expires-at": None},
    "empty-ticket": {"ticket": ""},
    "empty-end": {"expires-at": ""},
    "ticket-in-words": {"ticket": "because I can"},
    "ticket-lower-case": {"ticket": "clinic-7"},
    "ticket-without-number": {"ticket": "CLINIC-"},
    "ticket-without-project": {"ticket": "-7"},
    "ticket-of-a-letter": {"ticket": "C-7"},
    "ticket-without-a-dash": {"ticket": "CLINIC7"},
    "ticket-with-more": {"ticket": "CLINIC-7-1"},
    "ticket-quoted": {"ticket": '"CLINIC-7"'},
    "end-with-zone": {"expires-at": "2999-12-31T23:59:59+00:00"},
    "end-with-fraction": {"expires-at": "2999-12-31T23:59:59.0Z"},
    "end-without-t": {"expires-at": "2999-12-31 23:59:59Z"},
    "end-lower-case": {"expires-at": "2999-12-31t23:59:59z"},
    "end-is-a-day": {"expires-at": "2999-12-31"},
    "end-is-seconds": {"expires-at": "32503679999"},
    "end-is-never": {"expires-at": "never"},
    "end-with-more-digits": {"expires-at": "20999-12-31T23:59:59Z"},
    "end-in-month-20": {"expires-at": "2999-20-31T23:59:59Z"},
    "end-with-a-line-break": {"expires-at": "2999-12-31T23:59:59Z\n"},
    "end-with-another-line": {"expires-at": f"never\n{at(hours=1)}"},
    "ticket-that-answers-for-all": {"ticket": f'CLINIC-7"\n"{at(minutes=-1)}"\n"{at(hours=1)}"', "expires-at": None},
    "request-is-soon": {"requested-at": "soon"},
}


def test_what_is_over_or_cannot_be_read_goes_and_the_rest_stays(api, reap):
    before = {namespace: set(names(api, namespace)) for namespace in (CLINIC, BILLING)}
    for name, change in (STAY | GO).items():
        put(api, binding(name, notes=annotations(**change)))
    put(api, binding("bare", notes={}))
    put(api, binding("over", notes=annotations(**GO["over"])), BILLING)
    run = reap()
    assert run.returncode == 0, run.stderr
    assert names(api) == STAY.keys()
    assert names(api, BILLING) == before[BILLING]
    assert len(run.stdout.splitlines()) == len(GO) + 2
    for name in STAY:
        api("DELETE", f"{bindings_of(CLINIC)}/{name}")


def test_the_same_binding_goes_when_its_time_is_over_and_after_four_hours(api, reap):
    put(api, binding("an-hour"))
    put(api, binding("ten-hours", notes=annotations(**{"expires-at": at(hours=10)})))
    now = dt.datetime.now(dt.UTC)
    seen = {}
    for minutes in (0, 58, 62, 238, 242):
        assert reap(NOW=str(int(now.timestamp()) + 60 * minutes)).returncode == 0
        seen[minutes] = names(api)
    assert seen == {0: {"an-hour", "ten-hours"}, 58: {"an-hour", "ten-hours"}, 62: {"ten-hours"}, 238: {"ten-hours"}, 242: set()}


@pytest.mark.parametrize(
    "subjects",
    [
        [],
        [GRACE, {**GRACE, "name": "dora"}],
        [{**GRACE, "kind": "Group", "name": "clinic:developers"}],
        [{**GRACE, "kind": "Group", "name": "system:authenticated"}],
        [{"kind": "ServiceAccount", "name": "default", "namespace": CLINIC}],
        [{**GRACE, "name": f"system:serviceaccount:{CLINIC}:default"}],
        [GRACE, {**GRACE, "kind": "Group", "name": "clinic:developers"}],
    ],
    ids=str,
)
def test_what_is_not_for_one_person_goes(api, reap, subjects):
    put(api, binding("for-whom", subjects=subjects))
    run = reap()
    assert run.returncode == 0, run.stderr
    assert names(api) == set()


@pytest.mark.parametrize(
    "name", ["--all", "-o", "a b", 'a"b', "a'b", "$(id)", "a\nhipaa-operator", "a\\nb", "naïve ☃", "a: {b}", "*", "\x07\x1b"]
)
def test_no_name_and_no_finalizer_keeps_a_binding(api, reap, name):
    put(api, binding(name, notes={}))
    put(api, binding(f"{name} held", notes={}, finalizers=["example.com/never"]))
    run = reap()
    assert run.returncode == 0, run.stderr
    assert names(api) == set()
    assert run.stdout.isascii()
    assert len(run.stdout.splitlines()) == 2
    assert api("GET", f"{bindings_of(CLINIC)}/hipaa-operator")[0] == 200


def test_approvers_that_approvers_have_made_go(api, reap):
    """RBAC lets whoever creates bindings pass on what they have themselves."""
    put(api, binding("friend", "hipaa-break-glass-approver"))
    assert reap().returncode == 0
    assert names(api) == set()
    assert api("GET", f"{bindings_of(CLINIC)}/hipaa-break-glass-approver")[0] == 200


def test_other_bindings_are_not_touched(api, reap):
    others = {"a-role": "Role", "view": "ClusterRole", "hipaa-break-glass": "Role", "hipaa-break-glass-approver": "Role"}
    for index, (role, kind) in enumerate(others.items()):
        body = binding(f"other-{index}", role, notes=annotations(**GO["over"]))
        assert api("POST", bindings_of(CLINIC), body | {"roleRef": {"apiGroup": RBAC, "kind": kind, "name": role}})[0] == 201
    assert api("POST", bindings_of(ELSEWHERE), binding("not-listed", notes={}))[0] == 201
    run = reap()
    assert (run.returncode, run.stdout) == (0, "")
    assert names(api) == {f"other-{index}" for index in range(len(others))}
    assert names(api, ELSEWHERE) == {"not-listed"}
    for name in names(api):
        api("DELETE", f"{bindings_of(CLINIC)}/{name}")


def test_it_fails_where_it_cannot_look_and_looks_at_the_others(api, reap):
    put(api, binding("over", notes={}), BILLING)
    run = reap(ELSEWHERE)
    assert run.returncode == 1
    assert "forbidden" in run.stderr
    assert names(api, BILLING) == set()


@pytest.mark.parametrize("verb", ["delete", "patch", "get"])
def test_it_fails_when_a_call_fails(api, reap, tmp_path, verb):
    put(api, binding("over", notes={}, finalizers=["example.com/never"]))
    broken = tmp_path / "kubectl"
    broken.write_text(f'#!/bin/sh\n[ "$1" = {verb} ] && exit 3\nexec {built("kubectl")} "$@"\n')
    broken.chmod(0o755)
    assert reap(programs=tmp_path).returncode == 1
    assert names(api) == {"over"}
    assert reap().returncode == 0
    assert names(api) == set()


@pytest.mark.parametrize("clock", ["now", "-"])
def test_without_a_clock_it_fails(reap, clock):
    assert reap(NOW=clock).returncode != 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", bindings_of(CLINIC), binding("own", REAPER)),
        ("POST", bindings_of(CLINIC), binding("more")),
        ("PATCH", f"{bindings_of(CLINIC)}/hipaa-break-glass-1", {"subjects": [{**GRACE, "name": "mallory"}]}),
        ("PATCH", f"{bindings_of(CLINIC)}/hipaa-break-glass-1", {"metadata": {"annotations": annotations()}}),
        ("PATCH", f"{bindings_of(CLINIC)}/hipaa-operator", {"subjects": [{**GRACE, "name": "mallory"}]}),
        ("GET", bindings_of(ELSEWHERE), None),
        ("GET", f"/apis/{RBAC}/v1/rolebindings", None),
        ("GET", f"/api/v1/namespaces/{CLINIC}/secrets", None),
        ("GET", f"/api/v1/namespaces/{CLINIC}/pods", None),
    ],
)
@pytest.mark.usefixtures("emergency")
def test_the_reaper_takes_bindings_back_and_can_do_no_more(api, method, path, body):
    assert api(method, path, body, user=f"system:serviceaccount:{ACCESS}:{REAPER}")[0] == 403


# The rest ----------------------------------------------------------------------------------------------------------


def test_its_pods_are_admitted_in_a_restricted_namespace(installed, api):
    job = api("GET", f"/apis/batch/v1/namespaces/{ACCESS}/cronjobs/{REAPER}")[1]
    template = job["spec"]["jobTemplate"]["spec"]["template"]
    status, answer = api("POST", f"/api/v1/namespaces/{ACCESS}/pods?dryRun=All", {**template, "metadata": {"generateName": "reaper-"}})
    assert status == 201, answer
    policy = api("GET", f"/apis/networking.k8s.io/v1/namespaces/{ACCESS}/networkpolicies/{REAPER}")[1]["spec"]
    assert policy["podSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_a_second_up_changes_nothing(installed):
    installed.up("--expect-no-changes")


def test_what_fails_a_required_rule_is_what_is_declared(installed, tmp_path):
    state = tmp_path / "state.json"
    state.write_text(installed.pulumi("stack", "export").stdout)
    command = [sys.executable, "-m", "hipaa_stack", "check", str(state), "--format", "json"]
    found = json.loads(subprocess.run(command, text=True, capture_output=True, check=False).stdout)["findings"]
    failed = [each for each in found if each["outcome"] == "fail" and each["level"] == "mandatory"]
    assert [each for each in failed if each["waiver"] is None] == []
    waived = {(each["rule"], each["waiver"]["justification"]) for each in failed}
    assert waived == {(each.rule, each.reason) for each in COMPONENTS["AccessControl"].exceptions}


def test_without_the_component_nothing_is_left(installed, api):
    installed.destroy("--skip-preview")
    roles = api("GET", f"/apis/{RBAC}/v1/clusterroles")[1]["items"]
    assert [role["metadata"]["name"] for role in roles if role["metadata"]["name"].startswith("hipaa-")] == []
    assert api("GET", bindings_of(BILLING))[1]["items"] == []
