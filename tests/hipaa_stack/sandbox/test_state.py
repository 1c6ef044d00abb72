import base64
import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hipaa_stack.errors import HipaaStackError
from hipaa_stack.sandbox.config import KubernetesEndpoint
from hipaa_stack.sandbox.packages import Package
from hipaa_stack.sandbox.state import ExportedState
from hipaa_stack.sandbox.vault import SIMULATED_SECRET, Vault

ENDPOINT = KubernetesEndpoint(url="https://127.0.0.1:1234", certificate_authority="TE9DQUw=", token="token")
SIGNATURE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
CIPHERTEXT = SIGNATURE | {"ciphertext": "awskms:AAAA"}
STACK = {"urn": "urn:pulumi:prod::clinic::pulumi:pulumi:Stack::clinic-prod", "type": "pulumi:pulumi:Stack"}


def resource(type_, **fields):
    return {"urn": f"urn:pulumi:prod::clinic::{type_}::x", "type": type_, "custom": True, "id": "x", **fields}


def exported(*resources, **deployment):
    return {"version": 3, "deployment": {"manifest": {}, "resources": [STACK, *resources], **deployment}}


@pytest.fixture
def read(tmp_path):
    def write_and_read(content):
        file = tmp_path / "state.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return ExportedState.read(file)

    return write_and_read


BAD_FILES = {
    "not json": ("{", "cannot be read as an exported state"),
    "a list": ([], "has no `deployment`"),
    "a back end file": ({"version": 3, "checkpoint": {"latest": {}}}, "has no `deployment`: give a file that `pulumi stack export"),
    "a preview": ({"config": {}, "steps": []}, "has no `deployment`"),
    "an old version": ({"version": 1, "deployment": {}}, "version 1 of exported states is unknown, known are 3 and 4"),
    "an empty stack": ({"version": 3, "deployment": {"manifest": {}}}, "the state holds no resources"),
    "a resource without type": (
        {"version": 3, "deployment": {"resources": [{"urn": STACK["urn"]}]}},
        r"deployment\.resources\[0\] has no `urn` and `type`",
    ),
    "a resource with a bad urn": (
        {"version": 3, "deployment": {"resources": [STACK, STACK | {"urn": "x"}]}},
        r"deployment\.resources\[1\]",
    ),
}


@pytest.mark.parametrize(("content", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_other_files_are_refused_in_one_sentence(read, content, message):
    with pytest.raises(HipaaStackError, match=message) as refusal:
        read(content)
    assert "\n" not in str(refusal.value)
    assert "state.json" in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(HipaaStackError, match=r"none\.json: cannot be read"):
        ExportedState.read(tmp_path / "none.json")


def test_the_stack_is_the_one_in_the_urns(read):
    state = read(exported())
    assert (state.project, state.stack) == ("clinic", "prod")


def test_the_providers_that_a_state_names_are_known(read):
    state = read(exported(*(resource("pulumi:providers:aws", inputs={"version": version}) for version in ("7.30.0", "7.1.0", "7.30.0"))))
    assert state.providers == [Package("aws", "7.1.0"), Package("aws", "7.30.0")]


@pytest.mark.parametrize(
    ("type_", "inputs", "plain"),
    [
        ("aws:x/y:Y", {"password": CIPHERTEXT}, {"password": SIMULATED_SECRET}),
        ("aws:x/y:Y", {"list": [{"password": CIPHERTEXT}]}, {"list": [{"password": SIMULATED_SECRET}]}),
        ("kubernetes:core/v1:Secret", {"data": CIPHERTEXT}, {"data": {}}),
        ("kubernetes:core/v1:Secret", {"data": {"key": CIPHERTEXT}}, {"data": {"key": SIMULATED_SECRET}}),
    ],
)
def test_encrypted_secrets_become_simulated_ones(read, type_, inputs, plain):
    state, replaced = read(exported(resource(type_, inputs=inputs))).simulated(ENDPOINT)
    assert replaced == 1
    assert state.plain().resources[1]["inputs"] == plain


def test_plain_secrets_keep_their_values(read):
    value = {"key": ["a", 1]}
    secret = SIGNATURE | {"plaintext": json.dumps(value)}
    state, replaced = read(exported(resource("aws:x/y:Y", inputs={"a": secret}))).simulated(ENDPOINT)
    assert replaced == 0
    assert state.plain().resources[1]["inputs"] == {"a": value}


def test_the_engine_gets_every_secret_encrypted_for_the_sandbox(read, tmp_path):
    vault = Vault.open(tmp_path)
    operations = [{"type": "creating", "resource": resource("aws:x/y:Y", inputs={"b": CIPHERTEXT})}]
    given = exported(
        resource("aws:x/y:Y", inputs={"a": SIGNATURE | {"plaintext": '"kept"'}}),
        secrets_providers={"type": "cloud", "state": {"url": "awskms://alias/x"}},
        pending_operations=operations,
    )
    deployment = read(given).simulated(ENDPOINT)[0].encrypted(vault).content["deployment"]
    assert deployment["secrets_providers"] == {"type": "passphrase", "state": {"salt": vault.salt}}
    for secret, value in (
        (deployment["resources"][1]["inputs"]["a"], '"kept"'),
        (deployment["pending_operations"][0]["resource"]["inputs"]["b"], json.dumps(SIMULATED_SECRET)),
    ):
        _, nonce, sealed = secret["ciphertext"].split(":")
        opened = AESGCM(base64.b64decode(vault.key)).decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None)
        assert opened.decode() == value
        assert "plaintext" not in secret


def kubeconfig(server, authority="UkVBTA=="):
    return json.dumps({"clusters": [{"name": "c", "cluster": {"server": server, "certificate-authority-data": authority}}]})


CLUSTERS = {
    "eks": (
        resource(
            "aws:eks/cluster:Cluster", outputs={"endpoint": "https://real.eks.amazonaws.com", "certificateAuthority": {"data": "UkVBTA=="}}
        ),
        "https://real.eks.amazonaws.com",
    ),
    "gke": (
        resource("gcp:container/cluster:Cluster", outputs={"endpoint": "34.1.2.3", "masterAuth": {"clusterCaCertificate": "UkVBTA=="}}),
        "https://34.1.2.3",
    ),
}


@pytest.mark.parametrize(("cluster", "server"), CLUSTERS.values(), ids=CLUSTERS)
def test_a_cluster_of_the_state_stands_behind_the_local_address(read, cluster, server):
    provider = resource("pulumi:providers:kubernetes", inputs={"kubeconfig": kubeconfig(server)})
    state, _ = read(exported(cluster, provider)).simulated(ENDPOINT)
    assert state.resources[2]["inputs"]["kubeconfig"] == kubeconfig(ENDPOINT.url, ENDPOINT.certificate_authority)
    assert "real" not in json.dumps(state.content)
    assert "34.1.2.3" not in json.dumps(state.content)


@pytest.mark.parametrize("given", [kubeconfig("https://elsewhere"), "/home/user/.kube/config", ": no yaml [", CIPHERTEXT], ids=str)
def test_no_kubernetes_provider_reaches_a_cluster_outside_the_state(read, given):
    state, _ = read(exported(resource("pulumi:providers:kubernetes", inputs={"kubeconfig": given}))).simulated(ENDPOINT)
    config = json.loads(state.plain().resources[1]["inputs"]["kubeconfig"])
    assert config["clusters"][0]["cluster"]["server"] == ENDPOINT.url
