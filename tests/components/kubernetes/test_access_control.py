"""AccessControl: who is bound to what and where, that no role has a wildcard, and what takes emergency access back."""

import subprocess

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import AccessControl, AccessControlArgs
from hipaa_components.kubernetes._access_roles import ROLES
from hipaa_components.kubernetes._reaper import SCRIPT
from hipaa_stack.baseline import COMPONENTS, AccessRole

RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
ROLE, BINDING, CLUSTER_BINDING = f"{RBAC}:ClusterRole", f"{RBAC}:RoleBinding", f"{RBAC}:ClusterRoleBinding"
CRON_JOB = "kubernetes:batch/v1:CronJob"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
WITHOUT_APPROVERS = {"break_glass_approvers": [], "reaper_image": None, "namespace": None}


@pytest.fixture
def make(register, minimal):
    return lambda **change: register(lambda: AccessControl("access", {**minimal["AccessControl"], **change}))


def test_registers_exactly(make, snapshot):
    assert make(namespaces=["clinic", "billing"]).whole() == snapshot


# Roles -------------------------------------------------------------------------------------------------------------


def rights(role):
    return {
        (group, resource, verb)
        for rule in ROLES[role]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


@pytest.mark.parametrize("role", AccessRole)
def test_a_role_names_every_right(role):
    words = {word for right in rights(role) for word in right}
    assert not [word for word in words if "*" in word]
    assert not words & {"escalate", "impersonate", "deletecollection", "serviceaccounts/token", "pods/ephemeralcontainers", "nodes/proxy"}
    assert not rights(role) & {("", "pods", verb) for verb in ("create", "update", "patch")}


def test_only_approvers_may_bind_and_only_the_role_of_emergencies():
    binding = [(role, rule) for role in AccessRole for rule in ROLES[role] if "bind" in rule["verbs"]]
    ((role, rule),) = binding
    assert role is AccessRole.BREAK_GLASS_APPROVER
    assert rule["resourceNames"] == ["hipaa-break-glass"]
    assert not rights(role) & {("rbac.authorization.k8s.io", "rolebindings", verb) for verb in ("update", "patch")}


def test_approvers_cannot_delete_what_gives_the_reaper_its_rights():
    (rule,) = (rule for rule in ROLES[AccessRole.BREAK_GLASS_APPROVER] if "delete" in rule["verbs"])
    assert rule["resourceNames"] == ["hipaa-break-glass-1", "hipaa-break-glass-2", "hipaa-break-glass-3"]


def test_only_the_role_of_emergencies_reads_secrets_or_enters_pods():
    sensitive = {"secrets", "pods/exec", "pods/portforward"}
    assert [role for role in AccessRole if sensitive & {resource for _, resource, _ in rights(role)}] == [AccessRole.BREAK_GLASS]


# Bindings ----------------------------------------------------------------------------------------------------------


def test_each_namespace_has_its_bindings(make):
    registered = make(namespaces=["clinic", "billing"])
    found = {
        (item.inputs["metadata"]["namespace"], item.inputs["roleRef"]["name"], item.inputs["subjects"][0]["name"])
        for item in registered.of_type(BINDING)
    }
    assert found == {
        (namespace, role, subject)
        for namespace in ("clinic", "billing")
        for role, subject in (
            ("hipaa-developer", "clinic:developers"),
            ("hipaa-operator", "clinic:operators"),
            ("hipaa-break-glass-approver", "clinic:on-call-leads"),
            ("hipaa-break-glass-reaper", "hipaa-break-glass-reaper"),
        )
    }
    auditors = registered.one(CLUSTER_BINDING)
    assert auditors.inputs["roleRef"]["name"] == "hipaa-auditor"
    assert auditors.inputs["subjects"] == [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "clinic:auditors"}]


def test_nothing_binds_the_role_of_emergencies(make):
    registered = make()
    assert registered.one(ROLE, "access-break-glass")
    bound = [item.inputs["roleRef"]["name"] for type_ in (BINDING, CLUSTER_BINDING) for item in registered.of_type(type_)]
    assert "hipaa-break-glass" not in bound


def test_approvers_come_after_what_takes_their_bindings_back(make):
    registered = make()
    before = registered.before(registered.one(BINDING, "access-break-glass-approver-clinic"))
    assert {f"{CRON_JOB} access-reaper", f"{BINDING} access-break-glass-reaper-clinic", f"{POLICY} access-reaper"} <= before


def test_a_role_without_groups_does_not_exist(make):
    registered = make(developers=[], operators=[], **WITHOUT_APPROVERS)
    assert [item.name for item in registered.of_type(ROLE)] == ["access-auditor"]
    assert registered.of_type(BINDING) == registered.of_type(CRON_JOB) == []


def test_a_namespace_that_only_the_engine_knows_is_named_by_its_place(make):
    registered = make(namespaces=["clinic", pulumi.Output.from_input("billing")])
    assert registered.one(BINDING, "access-operator-1").inputs["metadata"]["namespace"] == "billing"
    assert registered.one(CRON_JOB).inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"][2:] == [
        "clinic",
        "billing",
    ]


@pytest.mark.parametrize(
    ("change", "roles", "break_glass"),
    [
        ({}, ["hipaa-auditor", "hipaa-developer", "hipaa-operator", "hipaa-break-glass-approver"], "hipaa-break-glass"),
        (WITHOUT_APPROVERS, ["hipaa-auditor", "hipaa-developer", "hipaa-operator"], ""),
    ],
)
def test_outputs(register, minimal, change, roles, break_glass):
    found = {}

    def program():
        made = AccessControl("access", {**minimal["AccessControl"], **change})
        for name in ("roles", "break_glass_role", "exceptions"):
            getattr(made, name).apply(lambda value, name=name: found.update({name: value}))

    register(program)
    declared = [(each.rule, each.object) for each in COMPONENTS["AccessControl"].exceptions]
    assert found["roles"] == roles
    assert found["break_glass_role"] == break_glass
    assert [(each["rule"], each["resource"]) for each in found["exceptions"]] == (declared if break_glass else [])


# The reaper --------------------------------------------------------------------------------------------------------


def test_the_script_is_one_of_any_shell():
    subprocess.run(["/bin/sh", "-n"], input=SCRIPT, text=True, check=True)


def test_a_run_that_hangs_ends_before_the_next_one_is_due(make):
    spec = make().one(CRON_JOB).inputs["spec"]
    assert spec["schedule"] == "*/5 * * * *"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 300


# Refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"auditors": []}, "auditors: got []; accepted: at least one. Somebody who changes nothing reviews"),
        ({"auditors": ["clinic:a", "clinic:a"]}, "auditors: got 'clinic:a'; accepted: each value once"),
        ({"auditors": [""]}, "auditors[0]: got ''; accepted: the name of a group"),
        ({"auditors": [" clinic:a"]}, "auditors[0]: got ' clinic:a'; accepted: the name of a group, without spaces"),
        ({"operators": ["system:masters"]}, "operators[0]: got 'system:masters'; accepted: a group that does not begin with system:."),
        (
            {"developers": ["clinic:operators"]},
            "operators[0]: got 'clinic:operators'; accepted: a group without another role. Separation of duties",
        ),
        (
            {"break_glass_approvers": ["clinic:other", "clinic:auditors"]},
            "break_glass_approvers[1]: got 'clinic:auditors'; accepted: a group without another role. Separation of duties: it is in auditors",
        ),
        ({"namespaces": []}, "namespaces: got []; accepted: at least one."),
        ({"namespaces": ["clinic", "clinic"]}, "namespaces: got 'clinic'; accepted: each value once"),
        ({"namespaces": ["clinic", "kube-system"]}, "namespaces[1]: got 'kube-system'; accepted: a name other than default"),
        ({"namespaces": ["default"]}, "namespaces[0]: got 'default'; accepted: a name other than default"),
        ({"namespaces": ["Clinic"]}, "namespaces[0]: got 'Clinic'; accepted: a DNS label"),
        ({"namespace": "kube-public"}, "namespace: got 'kube-public'; accepted: a name other than default"),
        ({"namespace": "clinic"}, "namespace: got 'clinic'; accepted: a namespace apart from namespaces. Operators could run pods there"),
        ({"namespace": None}, "namespace: got None; accepted: a namespace with break_glass_approvers."),
        ({"reaper_image": None}, "reaper_image: got None; accepted: an image by digest with break_glass_approvers. Without it"),
        (
            {"reaper_image": "registry.example.org/kubectl:1.36"},
            "reaper_image: got 'registry.example.org/kubectl:1.36'; accepted: <registry>/",
        ),
        ({"break_glass_approvers": []}, "reaper_image: got 'registry.example.org/kubectl@sha256"),
        ({"break_glass_approvers": []}, "namespace: got 'access'; accepted: absent without break_glass_approvers"),
        ({"owner": "platform team"}, "owner: got 'platform team'"),
        ({"verifiers": ["clinic:v"]}, "verifiers: unknown argument"),
    ],
)
def test_refuses(register, minimal, change, message):
    args = {**minimal["AccessControl"], **change}
    with pytest.raises(ArgsError) as error:
        AccessControlArgs(**args)
    assert message in str(error.value)
    with pytest.raises(ArgsError):
        register(lambda: AccessControl("access", args))
    assert not register.last.registrations


def test_what_only_the_engine_knows_is_taken(make):
    known = pulumi.Output.from_input
    registered = make(namespaces=[known("clinic")], namespace=known("clinic-access"), reaper_image=known("registry.example.org/kubectl"))
    assert registered.one(CRON_JOB).inputs["metadata"]["namespace"] == "clinic-access"
