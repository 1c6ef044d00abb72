"""Who may do what in a cluster: four roles of people without a wildcard, and emergency access that ends by itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_kubernetes as k8s

from hipaa_components._args import Args
from hipaa_components._component import Component
from hipaa_components._problems import Problem, Rule, check, each, image_by_digest, is_unknown, not_empty, optional, unique
from hipaa_components.kubernetes._access_roles import RBAC, ROLES
from hipaa_components.kubernetes._chart import ExceptionRecord, declared
from hipaa_components.kubernetes._objects import dns_label, label_value, metadata
from hipaa_components.kubernetes._reaper import NAME, POD_LABELS, cron_job
from hipaa_components.kubernetes.cluster_network import ClusterNetwork
from hipaa_components.kubernetes.hardened_namespace import not_reserved
from hipaa_stack.baseline import AccessRole, Label

GROUPS: Final = {
    "auditors": AccessRole.AUDITOR,
    "developers": AccessRole.DEVELOPER,
    "operators": AccessRole.OPERATOR,
    "break_glass_approvers": AccessRole.BREAK_GLASS_APPROVER,
}
"""The arguments that name groups, and the role of each."""


def _group(value: str) -> Problem | None:
    if not value or value != value.strip():
        return Problem("the name of a group, without spaces at its ends")
    fix = "Those groups belong to Kubernetes: system:masters passes every check, and nobody can take it back."
    return Problem("a group that does not begin with system:", fix) if value.startswith("system:") else None


def _groups() -> tuple[Rule, Rule]:
    return each(_group), unique()


class AccessControlSettings(Args):
    """Which groups have which role.

    Groups are named as the API server sees them: the groups of EKS access entries, Google group addresses, or the claim
    of an identity provider with its prefix.
    """

    owner: str
    """Team or person who answers for the roles; becomes the label hipaa-stack/owner."""
    auditors: Sequence[str]
    """Groups that read the whole cluster except Secrets, ConfigMaps and logs; at least one."""
    developers: Sequence[str] = []
    """Groups that read workloads, their settings and their logs."""
    operators: Sequence[str] = []
    """Groups that deploy. Who writes a Deployment can mount any Secret of its namespace: operators work with patient data."""
    break_glass_approvers: Sequence[str] = []
    """Groups that give emergency access to others; without one there is no role for emergencies."""
    reaper_image: pulumi.Input[str] | None = None
    """With approvers: image, by digest, that holds /bin/sh, `kubectl` and a `date` that knows -d @<seconds>, and takes
    emergency access back."""

    _owner = check("owner", label_value())
    _auditors = check("auditors", not_empty("Somebody who changes nothing reviews who may do what."), *_groups())
    _developers = check("developers", *_groups())
    _operators = check("operators", *_groups())
    _approvers = check("break_glass_approvers", *_groups())
    _image = check("reaper_image", optional(image_by_digest()))

    def problems(self) -> Iterator[Problem]:
        """Each group has one role; the image goes with approvers."""
        yield from super().problems()
        roles: dict[str, str] = {}
        for field in GROUPS:
            for index, group in enumerate(getattr(self, field)):
                if (other := roles.setdefault(group, field)) != field:
                    fix = f"Separation of duties: it is in {other} already. Make a group of its own for each duty."
                    yield Problem("a group without another role", fix, f"{field}[{index}]", group)
        yield from self._with_approvers("reaper_image", "an image by digest", "Without it emergency access never ends.")

    def _with_approvers(self, field: str, accepted: str, why: str) -> Iterator[Problem]:
        given = getattr(self, field)
        if self.break_glass_approvers and given is None:
            yield Problem(f"{accepted} with break_glass_approvers", why, field, None)
        if not self.break_glass_approvers and given is not None:
            yield Problem("absent without break_glass_approvers", "Nobody gives emergency access: nothing takes it back.", field, given)


class AccessControlArgs(AccessControlSettings):
    """Arguments of AccessControl."""

    namespaces: Sequence[pulumi.Input[str]]
    """Names of the namespaces in which developers, operators and approvers have their roles. Those that only the engine
    knows are told apart by their place in the list."""
    namespace: pulumi.Input[str] | None = None
    """With approvers: namespace of what takes emergency access back, hardened, of class NONE, and none of `namespaces`."""
    network: ClusterNetwork
    """The cluster, as far as network policies must know it."""

    _namespaces = check(
        "namespaces", not_empty("Roles of people are bound where their work is."), each(dns_label()), each(not_reserved), unique()
    )
    _namespace = check("namespace", optional(dns_label()), optional(not_reserved))

    def problems(self) -> Iterator[Problem]:
        """The reaper has a place where nobody of these roles reaches its account."""
        yield from super().problems()
        yield from self._with_approvers("namespace", "a namespace", "What takes emergency access back runs there.")
        known = [namespace for namespace in self.namespaces if not is_unknown(namespace)]
        if self.namespace is not None and not is_unknown(self.namespace) and self.namespace in known:
            fix = "Operators could run pods there with the account that takes emergency access back."
            yield Problem("a namespace apart from namespaces", fix, "namespace", self.namespace)


class AccessControl(Component):
    """Roles for auditors, developers, operators and emergencies, bound to groups; emergency access ends by itself.

    Serves 164.308(a)(3)(i), 164.308(a)(4)(ii)(B), 164.308(a)(4)(ii)(C), 164.312(a)(1), 164.312(a)(2)(i), 164.312(a)(2)(ii)
    and 164.312(d). The ClusterRoles have fixed names, `hipaa-auditor`, `hipaa-developer`, `hipaa-operator` and
    `hipaa-break-glass`: one of this component in a cluster. Auditors have theirs in the whole cluster, the others in the
    named namespaces.

    Nobody has the role for emergencies until an approver binds it: with a RoleBinding for one person that says its ticket,
    when it was requested and when it ends. Approvers can bind no role beyond their own rights, and do not have it
    themselves. A job deletes bindings that are over, older than four hours, or that do not say all of this, every five
    minutes. What RBAC alone cannot hold is in docs/access.md: an approver may name themselves, and the audit log is
    what shows it.

    Take emergency access back before a namespace leaves `namespaces`: there nothing looks for it any more.
    """

    roles: pulumi.Output[list[str]]
    """Names of the ClusterRoles that are bound to groups."""
    break_glass_role: pulumi.Output[str]
    """Name of the ClusterRole that approvers bind, once what takes it back is there; empty without approvers."""
    exceptions: pulumi.Output[list[ExceptionRecord]]
    """Rules that the roles of an emergency must break, with the object and the reason; none without approvers."""

    def __init__(self, name: str, args: AccessControlArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        """Registers the roles and their bindings; those of emergencies after what takes them back. Raises ArgsError."""
        args = AccessControlArgs.of(args, self.where(name))
        super().__init__(name, args, opts)
        self._name, self._args = name, args
        bound = [self._auditors(), *(self._workers(field) for field in ("developers", "operators") if getattr(args, field))]
        self.break_glass_role = pulumi.Output.from_input("")
        if args.break_glass_approvers:
            reaper = self._reaper(args.namespace)
            role = self._role(AccessRole.BREAK_GLASS, after=[reaper])
            bound.append(self._workers("break_glass_approvers", after=[role]))
            self.break_glass_role = role.metadata["name"]
        self.roles = pulumi.Output.all(*(role.metadata["name"] for role in bound))
        self.exceptions = pulumi.Output.from_input(declared(type(self).__name__) if args.break_glass_approvers else [])
        self.register_outputs({})

    def _auditors(self) -> k8s.rbac.v1.ClusterRole:
        role = self._role(AccessRole.AUDITOR)
        k8s.rbac.v1.ClusterRoleBinding(
            f"{self._name}-auditor",
            metadata=self._metadata(AccessRole.AUDITOR),
            role_ref=_role_ref(AccessRole.AUDITOR),
            subjects=_subjects(self._args.auditors),
            opts=self.child(depends_on=[role]),
        )
        return role

    def _workers(self, field: str, after: Sequence[pulumi.Resource] = ()) -> k8s.rbac.v1.ClusterRole:
        """A role and its bindings in each namespace."""
        role = self._role(GROUPS[field], after=after)
        self._bind(GROUPS[field], _subjects(getattr(self._args, field)), after=[role])
        return role

    def _reaper(self, namespace: pulumi.Input[str] | None) -> k8s.batch.v1.CronJob:
        """The job, whose account has what it needs in each namespace before it first runs."""
        args = self._args
        assert namespace is not None, "checked with the arguments"
        assert args.reaper_image is not None, "checked with the arguments"
        labels = {Label.OWNER.value: args.owner}
        policy = k8s.networking.v1.NetworkPolicy(
            f"{self._name}-reaper",
            metadata=self._metadata(NAME, namespace),
            spec={
                "podSelector": {"matchLabels": POD_LABELS},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [],
                "egress": args.network.api_server_egress(),
            },
            opts=self.child(),
        )
        account = k8s.core.v1.ServiceAccount(
            f"{self._name}-reaper", metadata=self._metadata(NAME, namespace), automount_service_account_token=False, opts=self.child()
        )
        role = self._role(AccessRole.BREAK_GLASS_REAPER)
        subject = {"kind": "ServiceAccount", "name": NAME, "namespace": namespace}
        bindings = self._bind(AccessRole.BREAK_GLASS_REAPER, [subject], after=[role])
        return k8s.batch.v1.CronJob(
            f"{self._name}-reaper",
            metadata=self._metadata(NAME, namespace),
            spec=cron_job(args.reaper_image, args.namespaces, labels, account.metadata["name"]),
            opts=self.child(depends_on=[policy, *bindings]),
        )

    def _role(self, role: AccessRole, after: Sequence[pulumi.Resource] = ()) -> k8s.rbac.v1.ClusterRole:
        return k8s.rbac.v1.ClusterRole(
            f"{self._name}-{_short(role)}",
            metadata=self._metadata(role),
            rules=list(ROLES[role]),
            opts=self.child(depends_on=list(after)),
        )

    def _bind(
        self, role: AccessRole, subjects: Sequence[Mapping[str, Any]], after: Sequence[pulumi.Resource]
    ) -> list[k8s.rbac.v1.RoleBinding]:
        return [
            k8s.rbac.v1.RoleBinding(
                f"{self._name}-{_short(role)}-{namespace if isinstance(namespace, str) else index}",
                metadata=self._metadata(role, namespace),
                role_ref=_role_ref(role),
                subjects=list(subjects),
                opts=self.child(depends_on=list(after)),
            )
            for index, namespace in enumerate(self._args.namespaces)
        ]

    def _metadata(self, name: str, namespace: pulumi.Input[str] | None = None) -> dict[str, Any]:
        return metadata(str(name), namespace, labels={Label.OWNER.value: self._args.owner})


def _short(role: AccessRole) -> str:
    """How children are called after a role."""
    return role.removeprefix("hipaa-")


def _role_ref(role: AccessRole) -> dict[str, str]:
    return {"apiGroup": RBAC, "kind": "ClusterRole", "name": role.value}


def _subjects(groups: Sequence[str]) -> list[dict[str, str]]:
    return [{"apiGroup": RBAC, "kind": "Group", "name": group} for group in groups]
