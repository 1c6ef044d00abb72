"""`pulumi stack export`, with encrypted and with plain secrets, as the engine wrote it and as it should not be."""

import json

import pytest

from hipaa_stack.resources import Basis, Options, Reason, Secret, Undecided, Unknown
from hipaa_stack.sources._pulumi import SIGNATURE, decoded

SECRET = "1b47061264138c4ac30d75fd1eb44270"


def of(found, type_, name=None):
    (resource,) = [resource for resource in found.stack.of(type_) if name in (None, resource.name)]
    return resource


def told(found):
    return [problem.message for problem in found.problems]


@pytest.mark.parametrize("name", ["state", "state-plain"])
def test_a_state(sample, name):
    found = sample(name)
    assert (found.basis, told(found)) == (Basis.STATE, [])
    assert sorted((resource.type, resource.name) for resource in found.stack.resources) == [
        ("acme:index:Team", "records"),
        ("aws:kms/key:Key", "records-key"),
        ("aws:s3/bucket:Bucket", "records"),
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "records"),
        ("aws:secretsmanager/secret:Secret", "login"),
        ("kubernetes:core/v1:Namespace", "clinic"),
        ("kubernetes:core/v1:Secret", "login"),
        ("pulumi:providers:aws", "default_7_51_1"),
        ("pulumi:providers:aws", "east"),
        ("pulumi:providers:kubernetes", "manifests"),
        ("pulumi:pulumi:Stack", "clinic-dev"),
    ]
    key = of(found, "aws:kms/key:Key")
    assert key.options == Options(protect=True, ignore_changes=("description",), retain_on_delete=True)
    assert key.planned.string("arn").startswith("arn:aws:kms:")
    assert {resource.step for resource in found.stack.resources} == {""}


def test_an_encrypted_secret_is_seen_to_be_one_and_cannot_be_decided_on(sample):
    found = sample("state")
    opaque = Secret(Unknown(Reason.ENCRYPTED))
    secret = of(found, "aws:secretsmanager/secret:Secret")
    assert (secret.inputs["description"], secret.outputs["description"]) == (opaque, opaque)
    assert of(found, "pulumi:pulumi:Stack").outputs["password"] == opaque
    with pytest.raises(Undecided, match="description: an encrypted secret"):
        secret.root.string("description")


def test_a_plain_secret_is_decided_on_and_never_shown(sample):
    found = sample("state-plain")
    secret = of(found, "aws:secretsmanager/secret:Secret")
    assert secret.root.string("description") == "hunter2"
    assert secret.secrets == {"hunter2"}
    assert "hunter2" not in repr(secret.inputs)
    assert of(found, "pulumi:pulumi:Stack").outputs["password"] == Secret("hunter2")


def state(*resources, version=3):
    return json.dumps({"version": version, "deployment": {"manifest": {}, "resources": list(resources)}})


def thing(name="thing", **content):
    return {"urn": f"urn:pulumi:dev::clinic::acme:index:Thing::{name}", "type": "acme:index:Thing", "custom": True} | content


def test_what_waits_for_its_deletion_or_is_only_looked_up_is_no_part_of_the_stack(read):
    found = read({"s.json": state(thing("a"), thing("a", delete=True), thing("b", external=True))})
    assert ([resource.name for resource in found.stack.resources], told(found)) == (["a"], [])


def test_a_name_may_hold_colons(read):
    assert read({"s.json": state(thing("a::b"))}).stack.resources[0].name == "a::b"


WRONG = {
    "another version": (state(version=9), "version 9 of exported states; accepted: 3 and 4"),
    "no version of numbers": (state(version="3"), "version '3' of exported states; accepted: 3 and 4"),
    "a deployment of nothing": (
        '{"version": 3, "deployment": null}',
        "deployment.resources: accepted: the list that `pulumi stack export` writes",
    ),
    "resources that are an object": (
        '{"version": 3, "deployment": {"resources": {}}}',
        "deployment.resources: accepted: the list that `pulumi stack export` writes",
    ),
    "a stack without resources": (
        state(),
        "nothing to check in it; accepted: Kubernetes YAML or JSON, `pulumi preview --json`, `pulumi stack export`",
    ),
    "a resource that is none": (state(3), "deployment.resources[0]: accepted: a resource, an object with urn and type"),
    "a resource without a type": (state({"urn": "x"}), "deployment.resources[0]: accepted: a resource with its urn and type"),
    "outputs that are text": (state(thing(outputs="x")), "deployment.resources[0]: outputs: accepted: an object"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_told(read, text, message):
    found = read({"s.json": text, "pod.yaml": "apiVersion: v1\nkind: Pod\n"})
    assert told(found) == [message]
    assert [resource.source for resource in found.stack.resources] == ["pod.yaml"]


def marked(kind, **content):
    return {SIGNATURE: kind, **content}


VALUES = {
    "an unknown text": ("04da6b54-80e4-46f7-96ec-b56ff0331ba9", Unknown()),
    "an unknown list": (["6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"], [Unknown()]),
    "an unknown inside a text is a text": ("x04da6b54-80e4-46f7-96ec-b56ff0331ba9", "x04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
    "a secret object": (marked(SECRET, plaintext='{"a": ["b"]}'), Secret({"a": ["b"]})),
    "a secret in a secret": (
        marked(SECRET, plaintext=json.dumps({"a": marked(SECRET, plaintext='"b"')})),
        Secret({"a": Secret("b")}),
    ),
    "a secret that is a secret": (marked(SECRET, plaintext=json.dumps(marked(SECRET, plaintext='"b"'))), Secret("b")),
    "a secret that is not known yet": (marked(SECRET, plaintext='"04da6b54-80e4-46f7-96ec-b56ff0331ba9"'), Secret(Unknown())),
    "an encrypted secret": (marked(SECRET, ciphertext="v1:x"), Secret(Unknown(Reason.ENCRYPTED))),
    "a secret that is no JSON": (marked(SECRET, plaintext="{"), Secret(Unknown(Reason.ENCRYPTED))),
    "a secret of nothing": (marked(SECRET), Secret(Unknown(Reason.ENCRYPTED))),
    "an output": (marked("d0e6a833031e9bbcd3f4e8bde6ca49a4", value="x", dependencies=[]), "x"),
    "an output that is not known": (marked("d0e6a833031e9bbcd3f4e8bde6ca49a4"), Unknown()),
    "an output that is secret": (marked("d0e6a833031e9bbcd3f4e8bde6ca49a4", value="x", secret=True), Secret("x")),
    "a resource": (marked("5cf8f73096256a8f31e491e813e4eb8e", urn="urn:x", id="i-1"), "i-1"),
    "a component": (marked("5cf8f73096256a8f31e491e813e4eb8e", urn="urn:x"), "urn:x"),
    "a file": (marked("c44067f5952c0a294b673a41bacd8c17", path="a.txt", hash="x"), {"path": "a.txt", "hash": "x"}),
    "something of a later engine": (marked("0000", value=["x"]), {"value": ["x"]}),
    "what bridges note": ({"__defaults": ["a"], "a": {"__defaults": [], "b": 1}}, {"a": {"b": 1}}),
    "numbers": ([1, 1.5, True, None], [1, 1.5, True, None]),
}


@pytest.mark.parametrize(("value", "expected"), VALUES.values(), ids=VALUES)
def test_values(value, expected):
    assert decoded(value) == expected


def test_every_key_of_an_item_that_is_not_known_is_not_known(read):
    items = [
        thing(
            type="kubernetes:core/v1:SecretList",
            inputs={"items": [marked(SECRET, ciphertext="v1:x"), marked(SECRET, plaintext='{"data": {"a": "b"}}')]},
        )
    ]
    found = read({"s.json": state(*items)})
    unknown, plain = found.stack.resources
    assert (unknown.type, plain.type) == ("kubernetes:core/v1:Secret", "kubernetes:core/v1:Secret")
    for ask in (
        lambda root: root.node("data").keys(),
        lambda root: root.keys(),
        lambda root: list(root.entries()),
        lambda root: list(root.leaves()),
    ):
        with pytest.raises(Undecided, match="an encrypted secret"):
            ask(unknown.root)
    assert plain.root.string("data.a") == "b"
    assert "b" in plain.secrets
