"""SealedSecrets: the values of the chart, who reaches the controller, and where chart, definitions and image come from."""

import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import SealedSecrets, SealedSecretsArgs
from hipaa_stack.baseline import COMPONENTS

CHART = "kubernetes:helm.sh/v4:Chart"
DEFINITIONS = "kubernetes:yaml/v2:ConfigFile"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
WEAKER = {"assessment": "The cluster lives for a week.", "alternative_measure": "The cluster is made anew, with a new key."}
EPHEMERAL = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}


@pytest.fixture
def make(register, minimal):
    return lambda **change: register(lambda: SealedSecrets("sealed", {**minimal["SealedSecrets"], **change}))


def test_registers_exactly(make, snapshot):
    assert make().whole() == snapshot


def test_policies_then_definitions_then_the_controller(make):
    registered = make()
    assert {f"{POLICY} sealed-policy", f"{DEFINITIONS} sealed-crds"} <= registered.before(registered.one(CHART))


def test_definitions_stay_with_what_they_define_unless_ephemeral(make):
    assert make().one(DEFINITIONS).options["retainOnDelete"] is True
    assert "retainOnDelete" not in make(ephemeral=EPHEMERAL).one(DEFINITIONS).options


@pytest.mark.parametrize(
    ("change", "period", "watches"),
    [
        ({}, "720h", False),
        ({"key_renewal_hours": 24}, "24h", False),
        ({"without_key_renewal": WEAKER}, "0", False),
        ({"backup": "EXTERNAL_KEY"}, "0", True),
    ],
)
def test_keys_are_renewed_where_they_are_made(make, change, period, watches):
    values = make(**change).one(CHART).inputs["values"]
    assert (values["keyrenewperiod"], values["watchForSecrets"]) == (period, watches)


def test_only_the_named_pods_read_metrics(make):
    assert make().one(POLICY).inputs["spec"]["ingress"] == []
    reader = {"namespace": "monitoring", "pod_labels": {"app.kubernetes.io/name": "prometheus"}}
    assert make(metrics_reader=reader).one(POLICY).inputs["spec"]["ingress"] == [
        {
            "from": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
                    "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}},
                }
            ],
            "ports": [{"port": 8081, "protocol": "TCP"}],
        }
    ]


PINNED = {"chart": "sealed-secrets", "version": "2.19.1", "repositoryOpts": {"repo": "https://bitnami.github.io/sealed-secrets"}}
MIRROR = "https://charts.example.org"


@pytest.mark.parametrize(
    ("source", "installed"),
    [
        (None, PINNED),
        ({"repository": MIRROR}, PINNED | {"repositoryOpts": {"repo": MIRROR}}),
        ({"version": "2.19.2"}, PINNED | {"version": "2.19.2"}),
        ({"chart": "sealed-secrets-mirrored"}, PINNED | {"chart": "sealed-secrets-mirrored"}),
        ({"chart": "oci://registry.example.org/sealed-secrets", "version": "2.19.1"}, {"version": "2.19.1"}),
        ({"chart": "oci://registry.example.org/sealed-secrets:2.19.1"}, {}),
        ({"chart": "./charts/sealed-secrets"}, {}),
        ({"chart": "sealed-secrets-2.19.1.tgz"}, {}),
    ],
)
def test_the_chart_is_the_pinned_one_unless_a_copy_is_named(make, source, installed):
    inputs = make(source=source).one(CHART).inputs
    found = {key: inputs[key] for key in ("chart", "version", "repositoryOpts") if key in inputs}
    assert found == {"chart": (source or {}).get("chart"), **installed}
    assert inputs["name"] == "sealed-secrets"
    assert inputs["skipCrds"] is True


def test_image_and_definitions_come_from_the_mirror(make):
    registered = make(source={"image_registry": "registry.example.org/mirror", "crds": "./sealed.yaml"})
    image = registered.one(CHART).inputs["values"]["image"]
    assert image == {
        "registry": "registry.example.org/mirror",
        "repository": "bitnami/sealed-secrets-controller",
        "tag": "0.38.4@sha256:" + "0" * 64,
    }
    assert registered.one(DEFINITIONS).inputs["file"] == "./sealed.yaml"


def test_what_it_must_break_is_an_output(register, minimal):
    found = []
    register(lambda: SealedSecrets("sealed", minimal["SealedSecrets"]).exceptions.apply(found.extend))
    assert [(item["rule"], item["resource"], item["justification"]) for item in found] == [
        (item.rule, item.object, item.reason) for item in COMPONENTS["SealedSecrets"].exceptions
    ]
    assert {item["rule"] for item in found} == {"K8S-RBAC-007", "K8S-POD-020"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": {"version": "~2.19"}}, "source.version: got '~2.19'; accepted: an exact version"),
        ({"source": {"version": "latest"}}, "source.version: got 'latest'"),
        (
            {"source": {"repository": "http://charts.example.org"}},
            "source.repository: got 'http://charts.example.org'; accepted: an https address",
        ),
        ({"source": {"repository": "https://me:secret@charts.example.org"}}, "source.repository: got "),
        (
            {"source": {"crds": "http://example.org/crds.yaml"}},
            "source.crds: got 'http://example.org/crds.yaml'; accepted: a path, or an https",
        ),
        ({"source": {"chart": "oci://registry.example.org/sealed-secrets"}}, "source.version: got None; accepted: an exact version"),
        ({"source": {"chart": "https://example.org/a.tgz"}}, "source.chart: got 'https://example.org/a.tgz'; accepted: a name, an OCI"),
        ({"source": {"chart": "./chart", "version": "1.2.3"}}, "source.version: got '1.2.3'; accepted: absent with a path"),
        ({"source": {"chart": "./chart", "repository": MIRROR}}, f"source.repository: got '{MIRROR}'; accepted: absent with"),
        (
            {"source": {"image_registry": "https://registry.example.org"}},
            "source.image_registry: got 'https://registry.example.org'; accepted",
        ),
        ({"image_digest": "sha256:" + "0" * 63}, "image_digest: got "),
        ({"key_renewal_hours": 23}, "key_renewal_hours: got 23; accepted: 24 to 8760"),
        (
            {"backup": "EXTERNAL_KEY", "without_key_renewal": WEAKER},
            "without_key_renewal: got AddressableWeakening; accepted: absent with EXTERNAL_KEY",
        ),
        (
            {"metrics_reader": {"namespace": "monitoring", "pod_labels": {}}},
            "metrics_reader.pod_labels: got {}; accepted: at least one label",
        ),
        ({"owner": "platform team"}, "owner: got 'platform team'"),
    ],
)
def test_refuses(register, minimal, change, message):
    args = {**minimal["SealedSecrets"], **change}
    with pytest.raises(ArgsError) as error:
        SealedSecretsArgs(**args)
    assert message in str(error.value)
    with pytest.raises(ArgsError):
        register(lambda: SealedSecrets("sealed", args))
    assert not register.last.registrations
