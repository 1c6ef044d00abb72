"""EncryptedStorageClasses on a real API server: claims get the class, another default loses its mark, old classes stay."""

import pytest

pytestmark = [pytest.mark.cluster, pytest.mark.engine]

CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
DEFAULT = "storageclass.kubernetes.io/is-default-class"
KEY = "arn:aws:kms:us-east-1:123456789012:key/{}1111111-2222-3333-4444-555555555555"
EPHEMERAL = {"how_still_met": "The data is synthetic and made anew every night.", "approver": "Security officer"}


@pytest.fixture
def foreign_default(api):
    """The class that a cloud marks as the default of a new cluster."""
    metadata = {"name": "gp2", "annotations": {DEFAULT: "true"}}
    assert api("POST", CLASSES, {"metadata": metadata, "provisioner": "kubernetes.io/aws-ebs"})[0] == 201
    yield {"name": "gp2", "provisioner": "kubernetes.io/aws-ebs"}
    api("DELETE", f"{CLASSES}/gp2")


def class_of_a_claim(api):
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    _, created = api("POST", CLAIMS, {"metadata": {"generateName": "claim-"}, "spec": spec})
    api("DELETE", f"{CLAIMS}/{created['metadata']['name']}")
    return created["spec"]["storageClassName"]


def test_claims_without_a_class_are_encrypted(program, api, foreign_default):
    assert class_of_a_claim(api) == "gp2"
    args = {"platform": "EKS", "key": KEY.format(1), "revision": "first", "unset_default": [foreign_default], "ephemeral": EPHEMERAL}
    made = program("EncryptedStorageClasses", args)
    made.up()
    assert class_of_a_claim(api) == "hipaa-block-first"
    assert api("GET", f"{CLASSES}/gp2")[1]["metadata"]["annotations"][DEFAULT] == "false"
    made.up("--expect-no-changes")
    made.destroy("--skip-preview")
    assert api("GET", f"{CLASSES}/hipaa-block-first")[0] == 404


def test_a_revision_makes_a_new_class_and_the_old_one_stays(program, api):
    made = program("EncryptedStorageClasses", {"platform": "EKS", "key": KEY.format(1), "revision": "old"})
    made.up()
    made.up(key=KEY.format(2), revision="new")
    keys = {name: api("GET", f"{CLASSES}/hipaa-block-{name}")[1]["parameters"]["kmsKeyId"] for name in ("old", "new")}
    assert keys == {"old": KEY.format(1), "new": KEY.format(2)}
    made.destroy("--skip-preview")
    for name in ("old", "new"):
        assert api("DELETE", f"{CLASSES}/hipaa-block-{name}")[0] == 200


def test_another_key_without_a_revision_destroys_nothing(program, api):
    made = program("EncryptedStorageClasses", {"platform": "EKS", "key": KEY.format(1), "revision": "same"})
    made.up()
    made.args |= {"key": KEY.format(2)}
    assert made.pulumi("up", "--yes", "--skip-preview", check=False).returncode != 0
    assert api("GET", f"{CLASSES}/hipaa-block-same")[1]["parameters"]["kmsKeyId"] == KEY.format(1)
    made.up(revision="other")
    for name in ("same", "other"):
        assert api("DELETE", f"{CLASSES}/hipaa-block-{name}")[0] == 200
