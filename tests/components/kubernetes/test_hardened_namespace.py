"""HardenedNamespace: what it registers, and what it refuses."""

import datetime as dt

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import HardenedNamespace, HardenedNamespaceArgs
from hipaa_components.kubernetes.hardened_namespace import observation_problem
from hipaa_stack.baseline import COMPONENTS

NETWORK = {"platform": "EKS", "api_server_cidrs": ["10.0.0.0/24"], "service_cidr": "172.20.0.0/16"}
MINIMAL = {"name": "clinic", "owner": "clinic-team", "network": NETWORK}
STANDARD = {"how_still_met": "Only the platform team deploys here, from reviewed manifests.", "approver": "Security officer"}
MIXED = {
    **STANDARD,
    "assessment": "The workloads of the old platform need a quarter to be adapted.",
    "alternative_measure": "A firewall in front of the cluster keeps the old rules meanwhile.",
}
TODAY = dt.datetime.now(dt.UTC).date()
OBSERVE = {**MIXED, "until": str(TODAY + dt.timedelta(days=30))}
LABELS = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": "v1.36",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/audit-version": "latest",
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
    "hipaa-stack/owner": "clinic-team",
    "hipaa-stack/data-class": "phi",
}


@pytest.fixture
def make(register):
    def run(**change):
        return register(lambda: HardenedNamespace("ns", {**MINIMAL, **change}))

    return run


def labels_of(registered, kind="Namespace"):
    return registered.one(f"kubernetes:core/v1:{kind}").inputs["metadata"]["labels"]


def test_registers_exactly(make, snapshot):
    assert make(labels={"team": "a"}, annotations={"docs": "https://example.com"}).whole() == snapshot


def test_adopting_patches_exactly(make, snapshot):
    assert make(adopt=True, data_classification="NONE").whole() == snapshot


def test_observing_changes_nothing_but_the_patch(make):
    registered = make(adopt=True, observe=OBSERVE)
    assert [item.type for item in registered.registrations] == ["hipaa:index:HardenedNamespace", "kubernetes:core/v1:NamespacePatch"]
    patch = registered.one("kubernetes:core/v1:NamespacePatch")
    kept = ("audit", "audit-version", "warn", "warn-version")
    expected = {name: value for name, value in LABELS.items() if name.rpartition("/")[2] in kept or name.endswith("/owner")}
    assert patch.inputs["metadata"]["labels"] == expected
    assert patch.inputs["metadata"]["annotations"] == {"pulumi.com/patchForce": "true", "hipaa-stack/observe-until": OBSERVE["until"]}
    assert not {"protect", "retainOnDelete"} & patch.options.keys()


def test_new_namespaces_enforce_the_restricted_level(make):
    labels = labels_of(make())
    assert LABELS.items() <= labels.items()


@pytest.mark.parametrize(
    ("change", "label", "value"),
    [
        ({"data_classification": "SYNTHETIC"}, "hipaa-stack/data-class", "synthetic"),
        ({"data_classification": "NONE"}, "hipaa-stack/data-class", "none"),
        ({"pod_security_version": "latest"}, "pod-security.kubernetes.io/enforce-version", "latest"),
        ({"pod_security_version": "v1.35"}, "pod-security.kubernetes.io/enforce-version", "v1.35"),
        ({"data_classification": "NONE", "privileged_pods": STANDARD}, "pod-security.kubernetes.io/enforce", "privileged"),
        ({"data_classification": "SYNTHETIC", "baseline_pods": STANDARD}, "pod-security.kubernetes.io/enforce", "baseline"),
        ({"data_classification": "NONE", "privileged_pods": STANDARD}, "pod-security.kubernetes.io/warn", "restricted"),
        ({"data_classification": "NONE", "privileged_pods": STANDARD}, "pod-security.kubernetes.io/audit", "restricted"),
        ({"labels": {"team": "a"}}, "team", "a"),
    ],
)
def test_labels_follow_the_arguments(make, change, label, value):
    assert labels_of(make(**change))[label] == value


GUARDS = (
    "kubernetes:core/v1:LimitRange",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:ResourceQuota",
    "kubernetes:core/v1:ServiceAccountPatch",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
)


@pytest.mark.parametrize(("data", "kept"), [("PHI", True), ("SYNTHETIC", False), ("NONE", False)])
def test_with_patient_data_the_namespace_and_its_guards_stay(make, data, kept):
    made = [item for item in make(data_classification=data).registrations if item.type in GUARDS]
    assert len(made) == 7
    assert {(item.options.get("protect", False), item.options.get("retainOnDelete", False)) for item in made} == {(kept, kept)}


def test_the_default_account_mounts_no_token(make):
    account = make().one("kubernetes:core/v1:ServiceAccountPatch")
    assert account.inputs["automountServiceAccountToken"] is False
    assert account.inputs["metadata"] == {"name": "default", "namespace": "clinic", "annotations": {"pulumi.com/patchForce": "true"}}


def policies(registered):
    found = registered.of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    return {item.inputs["metadata"]["name"]: item.inputs["spec"] for item in found}


def test_everything_is_denied_but_names_and_declared_identities(make):
    specs = policies(make())
    assert sorted(specs) == ["hipaa-allow-cloud-identity", "hipaa-allow-dns", "hipaa-default-deny"]
    assert specs["hipaa-default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert specs["hipaa-allow-dns"]["podSelector"] == {}
    assert specs["hipaa-allow-cloud-identity"]["podSelector"] == {"matchLabels": {"hipaa-stack/cloud-identity": "true"}}
    assert all(spec["policyTypes"] == ["Egress"] for name, spec in specs.items() if name != "hipaa-default-deny")


def test_without_an_identity_server_there_is_no_identity_policy(make):
    assert sorted(policies(make(network={**NETWORK, "platform": "SELF_MANAGED"}))) == ["hipaa-allow-dns", "hipaa-default-deny"]


def test_quota_and_limits_follow_the_arguments(make):
    registered = make(quota={"pods": 7, "limits_memory": "64Gi"}, container_limits={"cpu_max": "2", "claim_max": "200Gi"})
    hard = registered.one("kubernetes:core/v1:ResourceQuota").inputs["spec"]["hard"]
    assert (hard["pods"], hard["limits.memory"], hard["services.loadbalancers"], hard["services.nodeports"]) == ("7", "64Gi", "0", "0")
    container, claim = registered.one("kubernetes:core/v1:LimitRange").inputs["spec"]["limits"]
    assert (container["max"], claim["max"]) == ({"cpu": "2", "memory": "8Gi"}, {"storage": "200Gi"})


def resolved(register, args, output):
    """What an output of the component is."""
    seen = []
    register(lambda: getattr(HardenedNamespace("ns", args), output).apply(seen.append))
    return seen[0]


def test_the_name_waits_for_every_guard(register):
    seen = []

    async def depends(name):
        seen.extend(sorted([await resource.urn.future() for resource in await name.resources()]))

    register(lambda: pulumi.Output.from_input(depends(HardenedNamespace("ns", MINIMAL).name)))
    assert [urn.rpartition("::")[2] for urn in seen] == [
        "ns-limits",
        "ns-namespace",
        "ns-quota",
        "ns-default-account",
        "ns-allow-cloud-identity",
        "ns-allow-dns",
        "ns-default-deny",
    ]


def test_an_enforcing_namespace_withholds_nothing(register):
    assert resolved(register, MINIMAL, "would_break") == []


def test_an_observing_namespace_says_what_enforcing_will_cut(register):
    withheld = resolved(register, {**MINIMAL, "adopt": True, "observe": OBSERVE}, "would_break")
    assert [item["object"].partition(" ")[0] for item in withheld] == [
        "label",
        "ServiceAccount",
        "ResourceQuota",
        "LimitRange",
        "NetworkPolicy",
    ]
    assert "Pods past 50, memory limits past 40Gi and 0 load balancers" in withheld[2]["cuts"]


@pytest.mark.parametrize(
    ("field", "texts", "change"),
    [
        ("observe", OBSERVE, {"adopt": True}),
        ("privileged_pods", STANDARD, {"data_classification": "NONE"}),
        ("baseline_pods", STANDARD, {"data_classification": "NONE"}),
    ],
)
def test_each_weakening_needs_its_justification_and_is_recorded(register, field, texts, change):
    args = {**MINIMAL, **change}
    (record,) = resolved(register, {**args, field: texts}, "weakenings")
    assert (record["component"], record["field"]) == ("HardenedNamespace 'ns'", field)
    for text in texts:
        with pytest.raises(ArgsError, match=f"{field}.{text}: missing"):
            HardenedNamespaceArgs(**args, **{field: {name: value for name, value in texts.items() if name != text}})


@pytest.mark.parametrize(
    ("days", "problem"),
    [(-1, "Observation ended on"), (0, None), (1, None), (90, None), (91, "a quarter at most")],
)
def test_observation_ends_within_a_quarter(days, problem):
    today = dt.date(2026, 6, 1)
    found = observation_problem(str(today + dt.timedelta(days=days)), today)
    assert problem in found.fix if problem else found is None


@pytest.mark.parametrize("until", ["soon", "2026-13-01", "01.06.2026", ""])
def test_observation_ends_on_a_date(until):
    assert observation_problem(until, dt.date(2026, 6, 1)).accepted == "a day from 2026-06-01 to 2026-08-30, as YYYY-MM-DD"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "default"}, "name: got 'default'; accepted: a name other than default"),
        ({"name": "kube-system"}, "name: got 'kube-system'.*belong to the cluster"),
        ({"name": "gke-managed"}, "belong to the cluster"),
        ({"name": "gmp-system"}, "belong to the cluster"),
        ({"name": "amazon-guardduty"}, "belong to the cluster"),
        ({"name": "Clinic"}, "name: got 'Clinic'; accepted: a DNS label"),
        ({"name": "a" * 64}, "name: .*accepted: a DNS label"),
        ({"name": "clinic-"}, "name: .*accepted: a DNS label"),
        ({"owner": "clinic team"}, "owner: got 'clinic team'; accepted: 1 to 63"),
        ({"owner": ""}, "owner: got ''; accepted: 1 to 63"),
        ({"data_classification": "phi"}, "data_classification: got 'phi'; accepted: one of PHI, SYNTHETIC, NONE"),
        ({"pod_security_version": "1.36"}, "pod_security_version: got '1.36'; accepted: latest, or v1"),
        ({"observe": OBSERVE}, "observe: .*enforces from its first day"),
        (
            {"adopt": True, "observe": {**OBSERVE, "until": "2020-01-01"}},
            "observe.until: got '2020-01-01'.*Observation ended on 2020-01-01",
        ),
        ({"privileged_pods": STANDARD}, "privileged_pods: .*Move the agent to a namespace of class NONE"),
        ({"baseline_pods": STANDARD}, "baseline_pods: .*Move the agent to a namespace of class NONE"),
        (
            {"data_classification": "NONE", "privileged_pods": STANDARD, "baseline_pods": STANDARD},
            "baseline_pods: .*accepted: one of privileged_pods and baseline_pods",
        ),
        ({"labels": {"hipaa-stack/data-class": "none"}}, "labels: got 'hipaa-stack/data-class'.*Other arguments"),
        ({"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}, "labels: got 'pod-security.kubernetes.io/enforce'"),
        ({"labels": {"a b": "c"}}, "labels: got 'a b'; accepted: names such as team"),
        ({"labels": {"team": "a b"}}, r"labels\['team'\]: got 'a b'; accepted: 1 to 63"),
        ({"annotations": {"hipaa-stack/observe-until": "2099-01-01"}}, "annotations: got 'hipaa-stack/observe-until'"),
        ({"quota": {"pods": 0}}, "quota.pods: got 0; accepted: 1 to 10000"),
        ({"quota": {"requests_cpu": "many"}}, "quota.requests_cpu: got 'many'; accepted: a quantity"),
        ({"quota": {"requests_memory": "0"}}, "quota.requests_memory: got '0'; accepted: a quantity above zero"),
        ({"quota": {"requests_cpu": "30"}}, "quota.requests_cpu: got '30'; accepted: at most limits_cpu, which is 20"),
        ({"quota": {"requests_memory": "41Gi"}}, "quota.requests_memory: got '41Gi'; accepted: at most limits_memory, which is 40Gi"),
        ({"container_limits": {"cpu_request": "1"}}, "container_limits.cpu_request: got '1'; accepted: at most cpu_limit, which is 500m"),
        ({"container_limits": {"memory_limit": "9G"}}, "container_limits.memory_limit: got '9G'; accepted: at most memory_max"),
        ({"container_limits": {"claim_min": "1Ti"}}, "container_limits.claim_min: got '1Ti'; accepted: at most claim_max"),
        ({"container_limits": {"memory_max": "64Gi"}}, "container_limits.memory_max: got '64Gi'; accepted: at most quota.limits_memory"),
        ({"container_limits": {"cpu_max": "32"}}, "container_limits.cpu_max: got '32'; accepted: at most quota.limits_cpu, which is 20"),
        ({"container_limits": {"claim_max": "1Ti"}}, "container_limits.claim_max: got '1Ti'; accepted: at most quota.requests_storage"),
        ({"network": None}, "network: got None; accepted: ClusterNetwork with platform"),
        ({"network": {**NETWORK, "api_server_cidrs": ["0.0.0.0/0"]}}, r"network.api_server_cidrs\[0\]: got '0.0.0.0/0'"),
        ({"enforcement": "OBSERVE"}, "enforcement: unknown argument"),
    ],
)
def test_refuses(register, change, message):
    args = {**MINIMAL, **change}
    with pytest.raises(ArgsError, match=message):
        HardenedNamespaceArgs(**args)
    with pytest.raises(ArgsError, match=f"HardenedNamespace 'ns': .*{message}"):
        register(lambda: HardenedNamespace("ns", args))


def test_long_names_stay_within_kubernetes_limits(make):
    name = "n" * 63
    registered = make(name=name)
    assert registered.one("kubernetes:core/v1:Namespace").inputs["metadata"]["name"] == name
    assert all(len(item.inputs["metadata"]["name"]) <= 63 for item in registered.registrations if "metadata" in item.inputs)


def test_what_it_serves_is_recorded():
    assert set(COMPONENTS["HardenedNamespace"].citations) <= {
        word.strip(".,") for word in (HardenedNamespace.__doc__ or "").replace(" and ", " ").split() if word.startswith("164.")
    }
