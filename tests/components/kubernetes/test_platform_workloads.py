"""PlatformWorkloads: it equals its parts, and refuses parts that do not go together."""

import datetime as dt

import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import (
    AccessControl,
    EncryptedStorageClasses,
    ExternalSecrets,
    HardenedNamespace,
    PlatformWorkloads,
    PlatformWorkloadsArgs,
    SealedSecrets,
)
from hipaa_stack.baseline import COMPONENTS

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], "service_cidr": "172.20.0.0/16"}
CLINIC = {"name": "clinic", "owner": "clinic-team"}
TOOLS = {"name": "tools", "owner": "platform-team", "data_classification": "NONE"}
ARGS = {"namespaces": [CLINIC, TOOLS], "network": NETWORK, "storage": {"key": KEY}}
SYNTHETIC = {**CLINIC, "data_classification": "SYNTHETIC"}
EPHEMERAL = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}
OBSERVE = {
    **EPHEMERAL,
    "until": str(dt.datetime.now(dt.UTC).date()),
    "assessment": "The old workloads need a quarter to be adapted.",
    "alternative_measure": "A firewall in front of the cluster keeps the old rules meanwhile.",
}


def children(registered, *, without):
    return {name: item["inputs"] for name, item in registered.whole().items() if without not in name}


def test_equals_its_parts(register):
    def parts():
        HardenedNamespace("p-clinic", {**CLINIC, "network": NETWORK})
        HardenedNamespace("p-tools", {**TOOLS, "network": NETWORK})
        EncryptedStorageClasses("p-storage", {"key": KEY, "platform": "EKS"})

    whole = register(lambda: PlatformWorkloads("p", ARGS))
    assert children(whole, without="PlatformWorkloads") == children(register(parts), without="PlatformWorkloads")
    top = [item for item in whole.registrations if item.type.startswith("hipaa:") and item.name != "p"]
    assert {(item.name, item.options["parent"]) for item in top} == {("p-clinic", "p"), ("p-tools", "p"), ("p-storage", "p")}


PLACE = {"owner": "platform-team", "image_digest": "sha256:" + "0" * 64}
CHOICES = {
    "EXTERNAL": (ExternalSecrets, "external-secrets", {**PLACE, "provider_cidrs": ["10.64.0.0/16"]}),
    "SEALED": (SealedSecrets, "sealed-secrets", {**PLACE, "backup": "VELERO"}),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_controller_of_secrets_has_a_namespace_of_its_own_and_comes_last(register, choice):
    component, namespace, settings = CHOICES[choice]
    tools = {"name": namespace, "owner": "platform-team", "data_classification": "NONE", "network": NETWORK}

    def parts():
        HardenedNamespace("p-clinic", {**CLINIC, "network": NETWORK})
        HardenedNamespace("p-tools", {**TOOLS, "network": NETWORK})
        EncryptedStorageClasses("p-storage", {"key": KEY, "platform": "EKS"})
        own = HardenedNamespace(f"p-{namespace}", tools)
        component(f"p-{namespace}", {**settings, "namespace": own.name, "network": NETWORK})

    args = {**ARGS, "secrets": choice, choice.lower(): settings}
    whole = register(lambda: PlatformWorkloads("p", args))
    assert children(whole, without="PlatformWorkloads") == children(register(parts), without="PlatformWorkloads")
    before = whole.before(whole.one("kubernetes:helm.sh/v4:Chart"))
    assert {f"kubernetes:core/v1:Namespace p-{name}-namespace" for name in ("clinic", "tools", namespace)} <= before
    rules = {item["rule"] for item in resolved(register, args, "exceptions")}
    assert rules == {item.rule for item in COMPONENTS[component.__name__].exceptions}


ROLES = {
    "owner": "platform-team",
    "auditors": ["clinic:auditors"],
    "operators": ["clinic:operators"],
    "break_glass_approvers": ["clinic:leads"],
    "reaper_image": "registry.example.org/kubectl@sha256:" + "0" * 64,
}
WITHOUT_EMERGENCIES = {"owner": "platform-team", "auditors": ["clinic:auditors"], "operators": ["clinic:operators"]}
AGENTS = {
    "name": "agents",
    "owner": "platform-team",
    "data_classification": "NONE",
    "privileged_pods": {"how_still_met": "Agents are reviewed, and nobody deploys there.", "approver": "Security officer"},
}


def test_roles_are_bound_in_the_namespaces_after_them(register):
    tools = {"name": "access-control", "owner": "platform-team", "data_classification": "NONE", "network": NETWORK}

    def parts():
        HardenedNamespace("p-clinic", {**CLINIC, "network": NETWORK})
        HardenedNamespace("p-tools", {**TOOLS, "network": NETWORK})
        EncryptedStorageClasses("p-storage", {"key": KEY, "platform": "EKS"})
        own = HardenedNamespace("p-access-control", tools)
        AccessControl("p-access", {**ROLES, "namespaces": ["clinic", "tools"], "namespace": own.name, "network": NETWORK})

    args = {**ARGS, "roles": ROLES}
    whole = register(lambda: PlatformWorkloads("p", args))
    assert children(whole, without="PlatformWorkloads") == children(register(parts), without="PlatformWorkloads")
    before = whole.before(whole.one("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "p-access-operator-clinic"))
    assert {f"kubernetes:core/v1:Namespace p-{name}-namespace" for name in ("clinic", "tools")} <= before
    rules = {item["rule"] for item in resolved(register, args, "exceptions")}
    assert rules == {item.rule for item in COMPONENTS["AccessControl"].exceptions}


@pytest.mark.parametrize(
    ("namespaces", "named", "bound"),
    [
        ([CLINIC, TOOLS, AGENTS], [], {"clinic", "tools"}),
        ([CLINIC, TOOLS], ["clinic"], {"clinic"}),
        ([CLINIC, AGENTS], ["agents"], {"agents"}),
        ([CLINIC, {**TOOLS, "adopt": True, "observe": OBSERVE}], [], {"clinic"}),
    ],
)
def test_roles_are_not_bound_where_pods_may_be_privileged_unless_it_is_said(register, namespaces, named, bound):
    args = {**ARGS, "namespaces": namespaces, "roles": {**WITHOUT_EMERGENCIES, "namespaces": named}}
    registered = register(lambda: PlatformWorkloads("p", args))
    bindings = registered.of_type("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
    assert {item.inputs["metadata"]["namespace"] for item in bindings} == bound
    assert not [item.name for item in registered.of_type("kubernetes:core/v1:Namespace") if "access-control" in item.name]


def test_without_a_controller_of_secrets_nothing_is_excepted(register):
    assert resolved(register, ARGS, "exceptions") == []


def test_patient_data_is_protected_and_tools_are_not(register):
    registered = register(lambda: PlatformWorkloads("p", ARGS))
    protected = {item.options["parent"] for item in registered.registrations if item.options.get("protect")}
    assert protected == {"p-clinic"}


def test_ephemeral_reaches_every_part(register):
    args = {**ARGS, "namespaces": [SYNTHETIC, TOOLS], "ephemeral": EPHEMERAL}
    registered = register(lambda: PlatformWorkloads("p", args))
    assert not any({"protect", "retainOnDelete"} & item.options.keys() for item in registered.registrations)


def resolved(register, args, output):
    seen = []
    register(lambda: getattr(PlatformWorkloads("p", args), output).apply(seen.append))
    return seen[0]


@pytest.mark.parametrize(
    ("output", "value"),
    [("namespaces", ["clinic", "tools"]), ("block_class", "hipaa-block"), ("file_class", ""), ("weakenings", []), ("would_break", {})],
)
def test_outputs(register, output, value):
    assert resolved(register, ARGS, output) == value


def test_each_weakening_is_recorded_once(register):
    args = {
        "namespaces": [{**SYNTHETIC, "adopt": True, "observe": OBSERVE}],
        "network": NETWORK,
        "storage": {"key": KEY, "reclaim_delete": EPHEMERAL},
        "ephemeral": EPHEMERAL,
    }
    records = resolved(register, args, "weakenings")
    assert [record["field"] for record in records] == ["ephemeral", "namespaces[0].observe", "storage.reclaim_delete"]
    assert {record["component"] for record in records} == {"PlatformWorkloads 'p'"}
    assert list(resolved(register, args, "would_break")) == ["clinic"]


def test_a_self_managed_cluster_keeps_its_own_storage(register):
    args = {"namespaces": [CLINIC], "network": {**NETWORK, "platform": "SELF_MANAGED"}}
    assert not register(lambda: PlatformWorkloads("p", args)).of_type("hipaa:index:EncryptedStorageClasses")
    assert resolved(register, args, "block_class") == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"namespaces": []}, "namespaces: got .*; accepted: at least one"),
        ({"namespaces": [CLINIC, CLINIC]}, r"namespaces\[1\].name: got 'clinic'; accepted: each name once"),
        (
            {"namespaces": [CLINIC, {**TOOLS, "data_classification": "SYNTHETIC"}]},
            "namespaces: got .*Give synthetic data a cluster of its own",
        ),
        ({"ephemeral": EPHEMERAL}, r"namespaces\[0\].data_classification: got 'PHI'; accepted: SYNTHETIC or NONE with ephemeral"),
        ({"storage": None}, "storage: got None; accepted: StorageSettings. On EKS volumes are encrypted with your key"),
        ({"storage": {"key": "alias/x"}}, "storage.key: got 'alias/x'; accepted: arn:<partition>"),
        ({"network": {**NETWORK, "platform": "GKE"}}, "storage.key: got 'arn.*accepted: projects/<project>"),
        ({"network": {**NETWORK, "platform": "SELF_MANAGED"}}, "network.platform: got 'SELF_MANAGED'; accepted: EKS, EKS_AUTO"),
        ({"storage": {"key": KEY, "filestore_network": "n"}}, "storage.filestore_network: got 'n'; accepted: absent on EKS"),
        ({"namespaces": [{**CLINIC, "network": NETWORK}]}, r"namespaces\[0\].network: unknown argument"),
        ({"namespaces": [{**CLINIC, "name": "default"}]}, r"namespaces\[0\].name: got 'default'"),
        (
            {"roles": {**ROLES, "namespaces": ["clinic", "billing"]}},
            r"roles.namespaces\[1\]: got 'billing'; accepted: one of clinic, tools",
        ),
        ({"roles": {**ROLES, "auditors": []}}, "roles.auditors: got .*; accepted: at least one"),
        ({"roles": {**ROLES, "reaper_image": None}}, "roles.reaper_image: got None; accepted: an image by digest"),
        (
            {"roles": ROLES, "namespaces": [{**TOOLS, "name": "access-control"}]},
            r"namespaces\[0\].name: got 'access-control'; accepted: another name with break_glass_approvers",
        ),
        ({"roles": ROLES, "namespaces": [AGENTS]}, "roles.namespaces: got .*; accepted: names of namespaces. Pods may be privileged"),
    ],
)
def test_refuses(register, change, message):
    args = {**ARGS, **change}
    with pytest.raises(ArgsError, match=message):
        PlatformWorkloadsArgs(**args)
    with pytest.raises(ArgsError, match=f"PlatformWorkloads 'p': .*{message}"):
        register(lambda: PlatformWorkloads("p", args))
