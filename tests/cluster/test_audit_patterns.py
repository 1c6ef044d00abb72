"""What the patterns of alerts match: events that a real API server writes under an audit policy that equals EKS's."""

import json
import time
from typing import Any, NamedTuple

import pytest

from hipaa_components.aws._audit_patterns import PATTERN_LENGTH, audit_patterns
from hipaa_stack.sandbox.kubernetes import LocalKubernetes

from .filter_pattern import matches

PATTERNS = {found.id: found for found in audit_patterns()}

# The grammar ---------------------------------------------------------------------------------------------------------

EVENT = json.dumps({"user": {"id": 1, "name": "jane@example.com"}, "roles": [{"id": 2}], "verb": "get", "ok": True, "gone": None})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.verb = "get" }', True),
        ("{ $.verb = get }", True),
        ('{ $.verb != "get" }', False),
        ('{ $.verb = "g*" }', True),
        ('{ $.verb = "*t" }', True),
        ('{ $.verb = "*e*" }', True),
        ('{ $.verb = "g*t" }', False),
        ('{ $.verb = "ge" }', False),
        ('{ $.user.name = "jane@example.com" && $.user.id = 1 }', True),
        ("{ $.user.id >= 1 }", True),
        ("{ $.user.id < 1 }", False),
        ('{ $.user.id = "1" }', False),
        ("{ $.roles[0].id = 2 }", True),
        ("{ $.roles[1].id = 2 }", False),
        ("{ $.missing != 1 }", False),
        ('{ $.missing != "x" }', False),
        ('{ $.roles != "x" }', False),
        ('{ $.verb = "x" && $.user.id = 2 || $.user.id = 1 }', True),
        ('{ $.verb = "x" && ($.user.id = 2 || $.user.id = 1) }', False),
        ('"jane@example.com" get', True),
        ('"jane@example.com" list', False),
    ],
)
def test_the_evaluator_reads_the_grammar(pattern, expected):
    assert matches(pattern, EVENT) is expected


@pytest.mark.parametrize(
    "pattern",
    ["{ $.verb = %get% }", "{ $.verb }", '{ ($.verb = "get" }', '{ $.verb > "a" }', '{ $.verb = "get" ) }', "{ $.a.'b.c' = 1 }", "-get"],
)
def test_the_evaluator_accepts_nothing_else(pattern):
    with pytest.raises(ValueError, match=r"."):
        matches(pattern, EVENT)


@pytest.mark.parametrize("found", audit_patterns(), ids=lambda found: found.id)
def test_patterns_are_in_the_grammar_and_fit(found):
    matches(found.pattern, "{}")
    assert len(found.pattern) <= PATTERN_LENGTH
    assert found.threshold >= 1
    assert found.period in (60, 300)


def test_patterns_are_told_apart_by_their_ids():
    assert list(PATTERNS) == sorted(PATTERNS)
    assert len(PATTERNS) == len(audit_patterns())


# The audit log -------------------------------------------------------------------------------------------------------


def rule(level: str, **selects: Any) -> dict[str, Any]:
    return {"level": level, "omitStages": ["RequestReceived"], **selects}


def resources(group: str, *names: str) -> list[dict[str, Any]]:
    return [{"group": group, **({"resources": list(names)} if names else {})}]


KNOWN = [
    {"group": group}
    for group in (
        "",
        "apps",
        "batch",
        "policy",
        *(
            f"{area}.k8s.io"
            for area in (
                *("admissionregistration", "apiextensions", "apiregistration", "authentication", "authorization", "certificates"),
                *("metrics", "networking", "rbac.authorization", "scheduling", "storage"),
            )
        ),
    )
]
SECRETIVE = [*resources("", "secrets", "configmaps"), *resources("authentication.k8s.io", "tokenreviews")]
EKS_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "rules": [
        rule(
            "RequestResponse",
            namespaces=["kube-system"],
            verbs=["update", "patch", "delete"],
            resources=[{"group": "", "resources": ["configmaps"], "resourceNames": ["aws-auth"]}],
        ),
        rule("None", users=["system:kube-proxy"], verbs=["watch"], resources=resources("", "endpoints", "services", "services/status")),
        rule("None", userGroups=["system:nodes"], verbs=["get"], resources=resources("", "nodes", "nodes/status")),
        rule(
            "None",
            users=["system:apiserver"],
            verbs=["get"],
            resources=resources("", "namespaces", "namespaces/status", "namespaces/finalize"),
        ),
        rule("None", nonResourceURLs=["/healthz*", "/version", "/swagger*"]),
        rule("None", resources=resources("", "events")),
        rule("Request", userGroups=["system:nodes"], verbs=["update", "patch"], resources=resources("", "nodes/status", "pods/status")),
        rule("Metadata", resources=SECRETIVE),
        {"level": "Request", "resources": resources("", "serviceaccounts/token")},
        rule("Request", verbs=["get", "list", "watch"], resources=KNOWN),
        rule("RequestResponse", resources=KNOWN),
        rule("Metadata"),
    ],
}
"""In effect the policy that the best practices guide of EKS publishes: levels, what is dropped, and the stages."""

PERSON = "arn:aws:sts::123456789012:assumed-role/clinicians/jane"
DEPLOYER = "hipaa-deployer:ci"
BREAK_GLASS = "hipaa-break-glass:jane"
EKS = "eks:addon-manager"
WORKLOAD = "system:serviceaccount:clinic:api"
SECRET_OPERATOR = "system:serviceaccount:external-secrets:operator"
CONTROLLER = "system:serviceaccount:kube-system:clusterrole-aggregation-controller"
API_SERVER = "system:apiserver"
USERS = (PERSON, DEPLOYER, BREAK_GLASS, EKS, WORKLOAD, SECRET_OPERATOR, CONTROLLER, API_SERVER)
ADMINISTRATOR, NOBODY, STRANGER = "administrator", "nobody", "a stranger"

CORE = "/api/v1/namespaces/default"
NODE_PROXY = "/api/v1/nodes/n/proxy/pods"
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"


class Call(NamedTuple):
    """One request: who makes it, what it asks for, and with which body."""

    user: str
    method: str
    path: str
    body: Any = None


class Case(NamedTuple):
    """A call that raises the count of a pattern, and calls that differ from such in what matters."""

    pattern: str
    match: Call
    misses: tuple[Call, ...]


WATCHED = "/api/v1/watch/namespaces/default/secrets"
MADE = {"metadata": {"name": "made"}}
CASES = [
    Case("secret-read", Call(PERSON, "GET", f"{CORE}/secrets/database"), (Call(PERSON, "POST", f"{CORE}/secrets", MADE), Call(DEPLOYER, "GET", f"{CORE}/secrets/database"), Call(PERSON, "GET", f"{CORE}/configmaps/database"))),
    Case("secret-read", Call(ADMINISTRATOR, "GET", f"{CORE}/secrets"), (Call(EKS, "GET", f"{CORE}/secrets"), Call(WORKLOAD, "GET", f"{CORE}/secrets"))),
    Case("secret-read", Call(PERSON, "GET", WATCHED), (Call(DEPLOYER, "GET", WATCHED),)),
    Case("deployer-secret-read", Call(DEPLOYER, "GET", f"{CORE}/secrets"), (Call(DEPLOYER, "GET", f"{CORE}/configmaps"), Call(PERSON, "GET", f"{CORE}/secrets"))),
    Case("deployer-secret-read", Call(DEPLOYER, "GET", f"{CORE}/secrets/database"), (Call(DEPLOYER, "POST", f"{CORE}/secrets", MADE),)),
    Case("deployer-secret-read", Call(DEPLOYER, "GET", WATCHED), (Call(PERSON, "GET", WATCHED),)),
    Case("workload-secret-read", Call(WORKLOAD, "GET", f"{CORE}/secrets"), (Call(SECRET_OPERATOR, "GET", f"{CORE}/secrets"), Call(CONTROLLER, "GET", f"{CORE}/secrets"), Call(PERSON, "GET", f"{CORE}/secrets"))),
    Case("workload-secret-read", Call(WORKLOAD, "GET", f"{CORE}/secrets/database"), (Call(WORKLOAD, "POST", f"{CORE}/secrets", MADE), Call(WORKLOAD, "GET", f"{CORE}/configmaps/database"))),
    Case("workload-secret-read", Call(WORKLOAD, "GET", WATCHED), (Call(SECRET_OPERATOR, "GET", WATCHED),)),
    Case("pod-exec", Call(PERSON, "POST", f"{CORE}/pods/api/exec"), (Call(PERSON, "GET", f"{CORE}/pods/api/log"), Call(PERSON, "GET", f"{CORE}/pods/exec"))),
    Case("pod-exec", Call(WORKLOAD, "GET", f"{CORE}/pods/api/exec"), (Call(WORKLOAD, "GET", f"{CORE}/pods/api"), Call(WORKLOAD, "GET", f"{CORE}/services/api/exec"))),
    Case("pod-exec", Call(PERSON, "GET", f"{CORE}/pods/api/attach"), (Call(PERSON, "GET", f"{CORE}/pods/api/status"),)),
    Case("pod-exec", Call(PERSON, "POST", f"{CORE}/pods/api/portforward"), (Call(PERSON, "GET", f"{CORE}/services/api/proxy"),)),
    Case("pod-exec", Call(PERSON, "PATCH", f"{CORE}/pods/api/ephemeralcontainers", {}), (Call(PERSON, "PATCH", f"{CORE}/pods/api", {}),)),
    Case("node-proxy", Call(PERSON, "GET", NODE_PROXY), (Call(PERSON, "GET", "/api/v1/nodes/n/status"), Call(PERSON, "GET", f"{CORE}/services/api/proxy"))),
    Case("node-proxy", Call(ADMINISTRATOR, "GET", NODE_PROXY), (Call(EKS, "GET", NODE_PROXY), Call(WORKLOAD, "GET", NODE_PROXY), Call(DEPLOYER, "GET", NODE_PROXY))),
    Case("anonymous", Call(NOBODY, "GET", f"{CORE}/pods"), (Call(NOBODY, "GET", f"{CORE}/secrets"), Call(ADMINISTRATOR, "GET", f"{CORE}/pods"))),
    Case("anonymous", Call(NOBODY, "GET", f"{CORE}/services"), (Call(NOBODY, "GET", "/livez"), Call(NOBODY, "GET", "/readyz"), Call(NOBODY, "GET", "/version/"))),
    Case("unauthorized", Call(STRANGER, "GET", f"{CORE}/pods"), (Call(PERSON, "GET", f"{CORE}/pods"),)),
    Case("forbidden", Call(PERSON, "GET", f"{CORE}/pods"), (Call(WORKLOAD, "GET", f"{CORE}/pods"), Call(ADMINISTRATOR, "GET", f"{CORE}/pods"))),
    Case("forbidden", Call(PERSON, "DELETE", f"{CORE}/pods"), (Call(EKS, "DELETE", f"{CORE}/pods"), Call(DEPLOYER, "DELETE", f"{CORE}/pods"))),
    *(
        Case(pattern, Call(user, method, f"{path}{name}", body), (Call(ADMINISTRATOR, "GET", path), Call(other, method, f"{path}{name}", body)))
        for pattern, path in (("rbac-change", ROLES), ("admission-change", POLICIES))
        for user, other, method, name, body in (
            (ADMINISTRATOR, CONTROLLER, "POST", "", MADE),
            (ADMINISTRATOR, EKS, "PUT", "/made", MADE),
            (DEPLOYER, API_SERVER, "PATCH", "/made", {}),
            (DEPLOYER, CONTROLLER, "DELETE", "/made", None),
            (PERSON, EKS, "DELETE", "", None),
        )
    ),
    Case("rbac-change", Call(PERSON, "DELETE", ROLES), (Call(PERSON, "DELETE", f"{CORE}/configmaps/x"), Call(PERSON, "DELETE", POLICIES))),
    Case("break-glass", Call(BREAK_GLASS, "GET", f"{CORE}/pods"), (Call(DEPLOYER, "GET", f"{CORE}/pods"),)),
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """An API server that audits as EKS does, with an opening for anonymous users."""
    directory = tmp_path_factory.mktemp("audited")
    with LocalKubernetes.start(directory, audit_policy=EKS_POLICY, users=USERS) as running:
        opening = {
            "metadata": {"name": "opening"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "system:anonymous"}],
        }
        status, answer = running.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", opening)
        assert status == 201, answer
        yield running


def events_of(server, call, mark):
    """The lines that the API server writes about one call, which `mark` tells from all others."""
    tokens = {ADMINISTRATOR: None, NOBODY: "", STRANGER: "not-a-token"}
    token = tokens[call.user] if call.user in tokens else server.token_of(call.user)
    server.request(call.method, f"{call.path}?case={mark}", call.body, token=token)
    last = "ResponseStarted" if call.user == STRANGER else "ResponseComplete"  # a failed authentication has one event only
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = [line for line in server.audit_log.read_text().splitlines() if f"case={mark}" in line]
        if any(json.loads(line)["stage"] == last for line in lines):
            return lines
        time.sleep(0.02)
    raise AssertionError(f"{call} was not audited")


@pytest.mark.cluster
@pytest.mark.parametrize("index", range(len(CASES)), ids=[f"{case.pattern}-{case.match.method}-{case.match.path}" for case in CASES])
def test_a_pattern_matches_the_call_and_not_its_neighbours(server, index):
    case = CASES[index]
    pattern = PATTERNS[case.pattern].pattern
    lines = events_of(server, case.match, f"{index}-match")
    assert any(matches(pattern, line) for line in lines), lines
    for number, miss in enumerate(case.misses):
        lines = events_of(server, miss, f"{index}-miss-{number}")
        assert not any(matches(pattern, line) for line in lines), (miss, lines)


@pytest.mark.cluster
def test_no_health_check_counts_as_an_answered_stranger(server):
    """EKS logs none for /healthz; should it begin to, the event is like that for /livez."""
    lines = events_of(server, Call(NOBODY, "GET", "/livez"), "health")
    for path in ("/livez", "/readyz", "/healthz", "/version"):
        assert not any(matches(PATTERNS["anonymous"].pattern, line.replace("/livez", path)) for line in lines)
    assert any(matches(PATTERNS["anonymous"].pattern, line.replace("/livez", "/metrics")) for line in lines)


@pytest.mark.cluster
def test_what_the_control_plane_does_itself_alerts_nobody(server):
    marked = ("case=", "clusterrolebindings/opening", '/clusterrolebindings"')
    lines = [line for line in server.audit_log.read_text().splitlines() if not any(mark in line for mark in marked)]
    own = [line for line in lines if json.loads(line)["user"].get("username", "").startswith("system:")]
    assert len(own) > 100
    alone = [found for found in audit_patterns() if found.threshold == 1]
    assert {found.id: line for line in own for found in alone if matches(found.pattern, line)} == {}


def test_every_pattern_that_reads_audit_events_has_a_case():
    assert {case.pattern for case in CASES} == {name for name, found in PATTERNS.items() if found.pattern.startswith("{")}
    assert all(case.misses for case in CASES)


AUTHENTICATOR = 'time="2026-01-01T00:00:00Z" level=warning msg="{}" client="127.0.0.1:38964" error="token has expired" method={} path=/{}'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (AUTHENTICATOR.format("access denied", "POST", "authenticate"), True),
        (AUTHENTICATOR.format("access denied because ARN is not mapped", "POST", "authenticate"), True),
        (AUTHENTICATOR.format("access granted", "POST", "authenticate"), False),
        (AUTHENTICATOR.format("access denied", "GET", "metrics"), False),
    ],
)
def test_refused_credentials_are_found_in_the_lines_of_the_authenticator(line, expected):
    """They come from the authenticator of EKS, which is no part of an API server; lines as its source writes them."""
    assert matches(PATTERNS["auth-denied"].pattern, line) is expected
