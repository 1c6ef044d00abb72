"""What is alerted of in the audit log of an EKS cluster, as filter patterns of CloudWatch Logs.

A pattern in braces reads audit events, which are JSON; one without looks for phrases in the lines of the authenticator
(CloudWatch Logs user guide, filter pattern syntax). Traps: `exec` is a `get` over WebSocket and a `create` over SPDY, and
is logged when it begins and when it ends, so neither verb nor stage is named; EKS logs no request for `/healthz`,
`/version` and events; a selector cannot name a key with a dot; patterns hold 1024 characters at most, and only five of a
log group may hold regular expressions, so none does.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from hipaa_stack.baseline import BREAK_GLASS_USERS, DEPLOYER_USERS

PATTERN_LENGTH: Final = 1024
"""Longest filter pattern (CloudWatch Logs API reference, PutMetricFilter)."""

SECRET_READERS: Final = ("kube-system", "external-secrets")
"""Namespaces whose service accounts read secrets all day: the system's, and the operator that fills secrets."""


class AuditPattern(NamedTuple):
    """One thing that is alerted of: so many matching events within one period."""

    id: str
    title: str
    """What happened, as the alarm says it."""
    pattern: str
    threshold: int
    """Events that raise the alarm."""
    period: int
    """Seconds in which they are counted."""


def audit_patterns() -> tuple[AuditPattern, ...]:
    """Every pattern, by id. The thresholds are our choice: one where nothing of the kind is routine."""
    return (
        AuditPattern("admission-change", "What the cluster admits was changed", _json(_change_in("admissionregistration.k8s.io")), 1, 60),
        AuditPattern("anonymous", "A request without credentials was answered", _json(_anonymous()), 1, 60),
        AuditPattern("auth-denied", "Credentials of AWS were refused repeatedly", '"access denied" "path=/authenticate"', 10, 300),
        AuditPattern("break-glass", "Emergency access was used", _json(_user(f"{BREAK_GLASS_USERS}*")), 1, 60),
        AuditPattern("deployer-secret-read", "A deployer read unusually many secrets", _json(_secret_read(_deployer())), 500, 300),
        AuditPattern("forbidden", "A person was refused repeatedly", _json(f"($.responseStatus.code = 403) && {_people()}"), 25, 300),
        AuditPattern("node-proxy", "A person reached through a node to its pods", _json(f"{_node_proxy()} && {_people()}"), 1, 60),
        AuditPattern("pod-exec", "Somebody entered a pod", _json(_pod_exec()), 1, 60),
        AuditPattern("rbac-change", "Rights in the cluster were changed", _json(_change_in("rbac.authorization.k8s.io")), 1, 60),
        AuditPattern("secret-read", "A person read a secret", _json(_secret_read(_people())), 1, 60),
        AuditPattern("unauthorized", "Requests with invalid credentials came repeatedly", _json("$.responseStatus.code = 401"), 10, 300),
        AuditPattern("workload-secret-read", "A workload read unusually many secrets", _json(_secret_read(_workloads())), 20, 300),
    )


def _people() -> str:
    """Users that are neither the system's nor deployers, whose programs read all that they manage."""
    return _nobody_of(("system:*", "eks:*", f"{DEPLOYER_USERS}*"))


def _deployer() -> str:
    return f"({_user(f'{DEPLOYER_USERS}*')})"


def _workloads() -> str:
    readers = _nobody_of(f"system:serviceaccount:{namespace}:*" for namespace in SECRET_READERS)
    return f"({_user('system:serviceaccount:*')}) && {readers}"


def _secret_read(users: str) -> str:
    return f'($.objectRef.resource = "secrets") && {_any("$.verb", ("get", "list", "watch"))} && {users}'


def _pod_exec() -> str:
    ways = _any("$.objectRef.subresource", ("exec", "attach", "portforward", "ephemeralcontainers"))
    return f'($.objectRef.resource = "pods") && {ways}'


def _node_proxy() -> str:
    return '($.objectRef.resource = "nodes") && ($.objectRef.subresource = "proxy")'


def _anonymous() -> str:
    """Health checks come without credentials, and are answered."""
    health = " && ".join(f'($.requestURI != "{path}*")' for path in ("/livez", "/readyz", "/healthz", "/version"))
    return f"({_user('system:anonymous')}) && ($.responseStatus.code < 400) && {health}"


def _change_in(api_group: str) -> str:
    """A change that the control plane did not make itself."""
    change = _any("$.verb", ("create", "update", "patch", "delete", "deletecollection"))
    others = _nobody_of(("eks:*", "system:apiserver", "system:serviceaccount:kube-system:*"))
    return f'($.objectRef.apiGroup = "{api_group}") && {change} && {others}'


def _user(name: str) -> str:
    return f'$.user.username = "{name}"'


def _nobody_of(names: Iterable[str]) -> str:
    return " && ".join(f'($.user.username != "{name}")' for name in names)


def _any(selector: str, values: Sequence[str]) -> str:
    return "(" + " || ".join(f'({selector} = "{value}")' for value in values) + ")"


def _json(expression: str) -> str:
    return f"{{ {expression} }}"
