"""What each role of people may do: every verb and kind is named, none is a wildcard."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hipaa_stack.baseline import BREAK_GLASS_BINDINGS, AccessRole

Rule = dict[str, Any]

READ: Final = ("get", "list", "watch")
CHANGE: Final = ("update", "patch")
WRITE: Final = ("create", *CHANGE, "delete")
RBAC: Final = "rbac.authorization.k8s.io"


def rule(group: str, resources: Sequence[str], verbs: Sequence[str], names: Sequence[str] = ()) -> Rule:
    """One rule of a role, for the objects with these names if there are any."""
    made: Rule = {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
    return made | ({"resourceNames": list(names)} if names else {})


READ_WORKLOADS: Final = (
    rule("", ("configmaps", "events", "persistentvolumeclaims", "pods", "services"), READ),
    rule("", ("pods/log",), ("get",)),
    rule("apps", ("daemonsets", "deployments", "replicasets", "statefulsets"), READ),
    rule("batch", ("cronjobs", "jobs"), READ),
)
"""What somebody needs who looks why an application does not work."""

SCALE: Final = rule("apps", ("deployments/scale", "statefulsets/scale"), ("get", *CHANGE))

ROLES: Final[Mapping[AccessRole, Sequence[Rule]]] = {
    AccessRole.AUDITOR: (
        rule(
            "",
            (
                "events",
                "limitranges",
                "namespaces",
                "nodes",
                "persistentvolumeclaims",
                "persistentvolumes",
                "pods",
                "resourcequotas",
                "serviceaccounts",
                "services",
            ),
            READ,
        ),
        rule("apps", ("daemonsets", "deployments", "replicasets", "statefulsets"), READ),
        rule("batch", ("cronjobs", "jobs"), READ),
        rule("networking.k8s.io", ("ingresses", "networkpolicies"), READ),
        rule(RBAC, ("clusterrolebindings", "clusterroles", "rolebindings", "roles"), READ),
        rule("storage.k8s.io", ("storageclasses",), READ),
        rule(
            "admissionregistration.k8s.io",
            (
                "mutatingwebhookconfigurations",
                "validatingadmissionpolicies",
                "validatingadmissionpolicybindings",
                "validatingwebhookconfigurations",
            ),
            READ,
        ),
    ),
    AccessRole.DEVELOPER: READ_WORKLOADS,
    AccessRole.OPERATOR: (
        *READ_WORKLOADS,
        rule("", ("configmaps", "services"), WRITE),
        rule("", ("pods",), ("delete",)),
        rule("apps", ("daemonsets", "deployments", "statefulsets"), WRITE),
        SCALE,
        rule("batch", ("cronjobs", "jobs"), WRITE),
        rule("policy", ("poddisruptionbudgets",), (*READ, *WRITE)),
    ),
    AccessRole.BREAK_GLASS: (
        *READ_WORKLOADS,
        rule("", ("secrets",), READ),
        rule("", ("pods/exec", "pods/portforward"), ("create", "get")),
        rule("", ("pods",), ("delete",)),
        rule("apps", ("daemonsets", "deployments", "statefulsets"), CHANGE),
        SCALE,
        rule("batch", ("cronjobs", "jobs"), CHANGE),
    ),
    # Without `update` and `patch` no binding that exists gets another subject or a later end. `bind` is looked up in the
    # namespace of the new binding, so a RoleBinding to this role is enough, and of no use elsewhere.
    AccessRole.BREAK_GLASS_APPROVER: (
        rule(RBAC, ("rolebindings",), (*READ, "create")),
        rule(RBAC, ("rolebindings",), ("delete",), BREAK_GLASS_BINDINGS),
        rule(RBAC, ("clusterroles",), ("bind",), (AccessRole.BREAK_GLASS,)),
    ),
    # `patch` is for finalizers, without which a binding outlives its deletion. Whatever else of a binding it would change,
    # the API server refuses: the reaper has no right of the role that is bound.
    AccessRole.BREAK_GLASS_REAPER: (rule(RBAC, ("rolebindings",), ("get", "list", "patch", "delete")),),
}
"""The rules of each ClusterRole."""
