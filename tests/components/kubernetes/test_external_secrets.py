"""ExternalSecrets: the values of the chart, who reaches the operator, what stores and secrets say, and what is refused."""

import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import ExternalSecrets, ExternalSecretsArgs
from hipaa_stack.baseline import COMPONENTS

CHART = "kubernetes:helm.sh/v4:Chart"
DEFINITIONS = "kubernetes:yaml/v2:ConfigFile"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
STORE = "kubernetes:external-secrets.io/v1:SecretStore"
CLUSTER_STORE = "kubernetes:external-secrets.io/v1:ClusterSecretStore"
SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
EPHEMERAL = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}

POD_IDENTITY = {"region": "us-east-1", "role_arn": "arn:aws:iam::123456789012:role/store"}
IRSA = {"region": "us-east-1", "service_account": "billing-secrets"}
GCP = {
    "project_id": "clinic-records",
    "cluster_name": "clinic",
    "cluster_location": "us-east1",
    "cluster_project_id": "clinic-clusters",
    "service_account": "api",
}
AZURE = {
    "vault_url": "https://clinic.vault.azure.net",
    "tenant_id": "11111111-2222-3333-4444-555555555555",
    "service_account": "api",
}
VAULT = {"server": "https://vault.example.org:8200", "path": "records", "role": "clinic", "service_account": "api"}


@pytest.fixture
def make(register, minimal):
    return lambda **change: register(lambda: ExternalSecrets("e", {**minimal["ExternalSecrets"], **change}))


def test_registers_exactly(make, snapshot):
    assert make().whole() == snapshot


def test_the_operator_comes_before_what_it_serves(make):
    registered = make()
    chart = registered.one(CHART)
    assert {f"{POLICY} e-external-secrets", f"{DEFINITIONS} e-crds"} <= registered.before(chart)
    stores = {item.key for item in registered.of_type(STORE)}
    assert all(chart.key in registered.before(item) for item in registered.of_type(STORE))
    assert stores | {chart.key} <= registered.before(registered.one(SECRET))
    assert {f"{ROLE} e-clinic-billing-token", f"{BINDING} e-clinic-billing-token"} <= registered.before(
        registered.one(STORE, "e-clinic-billing-store")
    )


def test_definitions_stay_with_what_they_define_unless_ephemeral(make):
    assert make().one(DEFINITIONS).options["retainOnDelete"] is True
    assert "retainOnDelete" not in make(ephemeral=EPHEMERAL).one(DEFINITIONS).options


def test_the_webhook_is_called_by_the_api_server_alone(make):
    ingress = {item.name: item.inputs["spec"]["ingress"] for item in make().of_type(POLICY)}
    assert ingress == {
        "e-external-secrets": [],
        "e-external-secrets-cert-controller": [],
        "e-external-secrets-webhook": [{"from": [{"ipBlock": {"cidr": "10.64.0.0/16"}}], "ports": [{"port": 10250, "protocol": "TCP"}]}],
    }


def test_only_the_operator_reaches_stores_and_its_identity(make):
    egress = {item.name: str(item.inputs["spec"]["egress"]) for item in make(provider_cidrs=["198.51.100.0/24"]).of_type(POLICY)}
    assert [name for name, rules in egress.items() if "198.51.100.0/24" in rules] == ["e-external-secrets"]
    assert [name for name, rules in egress.items() if "169.254.170.23/32" in rules] == ["e-external-secrets"]


@pytest.mark.parametrize(
    ("provider", "spec"),
    [
        (
            {"aws": POD_IDENTITY},
            {"aws": {"service": "SecretsManager", "region": "us-east-1", "role": POD_IDENTITY["role_arn"], "sessionTagsPolicy": "Simple"}},
        ),
        (
            {"aws": IRSA},
            {"aws": {"service": "SecretsManager", "region": "us-east-1", "auth": {"jwt": {"serviceAccountRef": {"name": "billing-secrets"}}}}},
        ),
        (
            {"gcp": GCP | {"location": "us-east1"}},
            {
                "gcpsm": {
                    "projectID": "clinic-records",
                    "location": "us-east1",
                    "auth": {
                        "workloadIdentity": {
                            "clusterName": "clinic",
                            "clusterLocation": "us-east1",
                            "clusterProjectID": "clinic-clusters",
                            "serviceAccountRef": {"name": "api"},
                        }
                    },
                }
            },
        ),
        (
            {"azure": AZURE},
            {
                "azurekv": {
                    "authType": "WorkloadIdentity",
                    "vaultUrl": "https://clinic.vault.azure.net",
                    "tenantId": AZURE["tenant_id"],
                    "serviceAccountRef": {"name": "api"},
                }
            },
        ),
        (
            {"vault": VAULT | {"authority": {"name": "vault-ca"}, "enterprise_namespace": "clinic"}},
            {
                "vault": {
                    "server": "https://vault.example.org:8200",
                    "path": "records",
                    "version": "v2",
                    "namespace": "clinic",
                    "caProvider": {"type": "ConfigMap", "name": "vault-ca", "key": "ca.crt"},
                    "auth": {
                        "kubernetes": {"mountPath": "kubernetes", "role": "clinic", "serviceAccountRef": {"name": "api", "audiences": ["vault"]}}
                    },
                }
            },
        ),
    ],
    ids=["Pod Identity", "IRSA", "Google", "Azure", "Vault"],
)  # fmt: skip
def test_a_store_reads_with_an_identity(make, provider, spec):
    registered = make(stores=[{"name": "store", "namespace": "clinic", **provider}], secrets=[])
    assert registered.one(STORE).inputs["spec"] == {"provider": spec}
    rights = [item.inputs["rules"] for item in registered.of_type(ROLE)]
    account = next(iter(provider.values())).get("service_account")
    expected = {"apiGroups": [""], "resources": ["serviceaccounts/token"], "resourceNames": [account], "verbs": ["create"]}
    assert rights == ([[expected]] if account else [])


def test_a_store_for_several_namespaces_names_them(make):
    shared = {
        "name": "shared",
        "vault": VAULT,
        "account_namespace": "tools",
        "namespaces": ["clinic"],
        "match_labels": {"hipaa-stack/data-class": "phi"},
    }
    secret = {"name": "key", "namespace": "clinic", "store": "shared", "items": [{"secret_key": "key", "remote_key": "clinic/key"}]}
    registered = make(stores=[], cluster_stores=[shared], secrets=[secret])
    spec = registered.one(CLUSTER_STORE).inputs["spec"]
    assert spec["conditions"] == [
        {"namespaces": ["clinic"]},
        {"namespaceSelector": {"matchLabels": {"hipaa-stack/data-class": "phi"}}},
    ]
    reference = spec["provider"]["vault"]["auth"]["kubernetes"]["serviceAccountRef"]
    assert reference == {"name": "api", "namespace": "tools", "audiences": ["vault"]}
    assert registered.one(SECRET).inputs["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "shared"}
    values = registered.one(CHART).inputs["values"]
    assert (values["processClusterStore"], values["crds"]["createClusterSecretStore"]) == (True, True)
    without = make().one(CHART).inputs["values"]
    assert (without["processClusterStore"], without["crds"]["createClusterSecretStore"]) == (False, False)


def test_the_image_comes_from_the_mirror_in_all_three_places(make):
    mirror = "123456789012.dkr.ecr.us-east-1.amazonaws.com/clinic/ghcr"
    values = make(source={"image_registry": mirror}).one(CHART).inputs["values"]
    images = [part["image"] for part in (values, values["webhook"], values["certController"])]
    assert images == [{"repository": f"{mirror}/external-secrets/external-secrets", "tag": "v2.9.0@sha256:" + "0" * 64}] * 3


def test_one_pod_needs_no_budget(make):
    values = make(replicas=1).one(CHART).inputs["values"]
    assert (values["replicaCount"], values["podDisruptionBudget"]["enabled"]) == (1, False)


def test_what_it_must_break_is_an_output(register, minimal):
    found = []
    register(lambda: ExternalSecrets("e", minimal["ExternalSecrets"]).exceptions.apply(found.extend))
    assert [(item["rule"], item["resource"]) for item in found] == [
        (item.rule, item.object) for item in COMPONENTS["ExternalSecrets"].exceptions
    ]


STORES = [{"name": "clinic", "namespace": "clinic", "aws": POD_IDENTITY}]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stores": [{**STORES[0], "aws": {"region": "us-east-1"}}]}, "stores[0].aws.role_arn: got None; accepted: exactly one of role_arn and service_account."),
        ({"stores": [{**STORES[0], "aws": {**POD_IDENTITY, **IRSA}}]}, "stores[0].aws.role_arn: got 'role_arn and service_account'; accepted: exactly one"),
        ({"stores": [{**STORES[0], "vault": VAULT}]}, "stores[0].aws: got 'aws and vault'; accepted: exactly one of aws, gcp, azure, vault."),
        ({"stores": [{**STORES[0], "aws": {"region": "us-east-1", "secret_access_key": "s"}}]}, "stores[0].aws.secret_access_key: unknown argument"),
        ({"stores": [*STORES, *STORES]}, "stores[1].name: got 'clinic/clinic'; accepted: each name once."),
        ({"stores": [{"name": "v", "namespace": "clinic", "vault": {**VAULT, "server": "http://vault.example.org"}}]}, "stores[0].vault.server: got 'http://vault.example.org'; accepted: an https URL. Over plain"),
        ({"stores": [{"name": "v", "namespace": "clinic", "vault": {**VAULT, "service_account": "default"}}]}, "stores[0].vault.service_account: got 'default'; accepted: a service account other"),
        ({"stores": [], "secrets": [], "cluster_stores": [{"name": "all", "aws": POD_IDENTITY}]}, "cluster_stores[0].namespaces: got []; accepted: at least one of namespaces and match_labels. Without"),
        ({"stores": [], "secrets": [], "cluster_stores": [{"name": "all", "namespaces": ["clinic"], "vault": VAULT}]}, "cluster_stores[0].account_namespace: got None; accepted: the namespace of the service account."),
        ({"stores": []}, "secrets[0].store: got 'clinic'; accepted: a store that namespace clinic reads. Declare it"),
        ({"secrets": [{"name": "a", "namespace": "clinic", "store": "clinic", "items": []}]}, "secrets[0].items: got []; accepted: at least one."),
        ({"secrets": [{"name": "a", "namespace": "clinic", "store": "clinic", "items": [{"secret_key": "k", "remote_key": "r"}], "refresh_minutes": 2880}]}, "secrets[0].refresh_minutes: got 2880; accepted: 1 to 1440."),
        ({"provider_cidrs": []}, "provider_cidrs: got []; accepted: at least one. The operator reaches nothing else."),
        ({"provider_cidrs": ["0.0.0.0/0"]}, "provider_cidrs[0]: got '0.0.0.0/0'; accepted: "),
        ({"image_digest": "v2.9.0"}, "image_digest: got 'v2.9.0'; accepted: sha256:"),
        ({"replicas": 0}, "replicas: got 0; accepted: 1 to 5."),
    ],
)  # fmt: skip
def test_refuses(minimal, change, message):
    with pytest.raises(ArgsError) as error:
        ExternalSecretsArgs.of({**minimal["ExternalSecrets"], **change}, "ExternalSecrets 'e'")
    assert str(error.value).startswith(f"ExternalSecrets 'e': {message}")
    assert "\n" not in str(error.value)
