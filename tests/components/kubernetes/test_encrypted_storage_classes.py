"""EncryptedStorageClasses: what it registers, and what it refuses."""

import pulumi
import pytest

from hipaa_components import ArgsError
from hipaa_components.kubernetes import EncryptedStorageClasses, EncryptedStorageClassesArgs

EKS_KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
GKE_KEY = "projects/clinic/locations/us-central1/keyRings/data/cryptoKeys/volumes"
EKS = {"platform": "EKS", "key": EKS_KEY}
GKE = {"platform": "GKE", "key": GKE_KEY}
DELETES = {"how_still_met": "The volumes hold caches that are rebuilt from the archive.", "approver": "Security officer"}
CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"
DEFAULT = "storageclass.kubernetes.io/is-default-class"


@pytest.fixture
def make(register):
    def run(args, **change):
        return register(lambda: EncryptedStorageClasses("storage", {**args, **change}))

    return run


@pytest.mark.parametrize(
    "args",
    [
        {
            **EKS,
            "file_system_id": "fs-1",
            "zones": ["us-east-1b", "us-east-1a"],
            "unset_default": [{"name": "gp2", "provisioner": "kubernetes.io/aws-ebs"}],
        },
        {**GKE, "filestore_network": "projects/clinic/global/networks/main", "snapshots": True},
    ],
    ids=["eks", "gke"],
)
def test_registers_exactly(make, args, snapshot):
    assert make(args).whole() == snapshot


@pytest.mark.parametrize(
    ("args", "provisioner", "parameters"),
    [
        (EKS, "ebs.csi.aws.com", {"type": "gp3", "encrypted": "true", "kmsKeyId": EKS_KEY}),
        ({**EKS, "platform": "EKS_AUTO"}, "ebs.csi.eks.amazonaws.com", {"type": "gp3", "encrypted": "true", "kmsKeyId": EKS_KEY}),
        (GKE, "pd.csi.storage.gke.io", {"type": "pd-balanced", "disk-encryption-kms-key": GKE_KEY}),
        ({**GKE, "platform": "GKE_LEGACY"}, "pd.csi.storage.gke.io", {"type": "pd-balanced", "disk-encryption-kms-key": GKE_KEY}),
    ],
)
def test_disks_are_encrypted_with_the_key_and_retained(make, args, provisioner, parameters):
    disk = make(args).one(CLASS)
    assert disk.inputs["metadata"]["name"] == "hipaa-block"
    assert disk.inputs["metadata"]["annotations"][DEFAULT] == "true"
    assert (disk.inputs["provisioner"], disk.inputs["parameters"]) == (provisioner, parameters)
    assert (disk.inputs["reclaimPolicy"], disk.inputs["volumeBindingMode"]) == ("Retain", "WaitForFirstConsumer")
    assert disk.inputs["allowVolumeExpansion"] is True
    assert disk.options["retainOnDelete"] is True


@pytest.mark.parametrize(
    ("args", "provisioner", "parameters", "mount_options"),
    [
        (
            {**EKS, "file_system_id": "fs-1"},
            "efs.csi.aws.com",
            {"provisioningMode": "efs-ap", "fileSystemId": "fs-1", "directoryPerms": "700"},
            ["tls"],
        ),
        (
            {**GKE, "filestore_network": "main"},
            "filestore.csi.storage.gke.io",
            {"tier": "enterprise", "network": "main", "instance-encryption-kms-key": GKE_KEY},
            None,
        ),
    ],
)
def test_shared_files_are_encrypted_too(make, args, provisioner, parameters, mount_options):
    files = make(args).one(CLASS, "storage-file").inputs
    assert (files["provisioner"], files["parameters"], files.get("mountOptions")) == (provisioner, parameters, mount_options)
    assert (files["reclaimPolicy"], files["volumeBindingMode"]) == ("Retain", "Immediate")


@pytest.mark.parametrize(("kind", "default"), [("BLOCK", "storage-block"), ("FILE", "storage-file")])
def test_exactly_one_class_is_the_default(make, kind, default):
    classes = make({**EKS, "file_system_id": "fs-1"}, default_class=kind).of_type(CLASS)
    marks = {item.name: item.inputs["metadata"]["annotations"][DEFAULT] for item in classes}
    assert marks == {name: str(name == default).lower() for name in ("storage-block", "storage-file")}


@pytest.mark.parametrize(("args", "key"), [(EKS, "topology.ebs.csi.aws.com/zone"), (GKE, "topology.gke.io/zone")])
def test_disks_stay_in_the_zones(make, args, key):
    topologies = make(args, zones=["b", "a"]).one(CLASS).inputs["allowedTopologies"]
    assert topologies == [{"matchLabelExpressions": [{"key": key, "values": ["a", "b"]}]}]


def test_another_default_is_unset_by_patch(make):
    patch = make(EKS, unset_default=[{"name": "gp2", "provisioner": "kubernetes.io/aws-ebs"}]).one(f"{CLASS}Patch")
    assert patch.inputs["metadata"] == {"name": "gp2", "annotations": {"pulumi.com/patchForce": "true", DEFAULT: "false"}}
    assert patch.inputs["provisioner"] == "kubernetes.io/aws-ebs"


def test_nothing_is_patched_or_needs_foreign_definitions_unless_asked(make):
    assert [item.type for item in make(EKS).registrations] == ["hipaa:index:EncryptedStorageClasses", CLASS]


def test_a_revision_names_new_classes(make):
    registered = make({**EKS, "file_system_id": "fs-1", "snapshots": True}, revision="2027")
    names = sorted(item.inputs["metadata"]["name"] for item in registered.registrations if item.inputs)
    assert names == ["hipaa-block-2027", "hipaa-file-2027", "hipaa-snapshots-2027"]


def resolved(register, args, output):
    seen = []
    register(lambda: getattr(EncryptedStorageClasses("storage", args), output).apply(seen.append))
    return seen[0]


@pytest.mark.parametrize(
    ("args", "block", "file"),
    [(EKS, "hipaa-block", ""), ({**EKS, "file_system_id": "fs-1", "revision": "b"}, "hipaa-block-b", "hipaa-file-b")],
)
def test_outputs_name_the_classes(register, args, block, file):
    assert (resolved(register, args, "block_class"), resolved(register, args, "file_class")) == (block, file)


def test_deleting_with_the_claim_is_a_recorded_weakening(register, make):
    assert make(EKS, reclaim_delete=DELETES).one(CLASS).inputs["reclaimPolicy"] == "Delete"
    (record,) = resolved(register, {**EKS, "reclaim_delete": DELETES}, "weakenings")
    assert (record["field"], record["citations"]) == ("reclaim_delete", ["164.312(c)(1)"])


@pytest.mark.parametrize("field", ["reclaim_delete", "ephemeral"])
@pytest.mark.parametrize("text", sorted(DELETES))
def test_each_weakening_needs_its_justification(field, text):
    with pytest.raises(ArgsError, match=f"{field}.{text}: missing"):
        EncryptedStorageClassesArgs(**EKS, **{field: {name: value for name, value in DELETES.items() if name != text}})


def test_ephemeral_classes_leave_no_residue(make):
    assert not any(
        {"retainOnDelete", "protect"} & item.options.keys() for item in make(EKS, snapshots=True, ephemeral=DELETES).registrations
    )


def test_a_key_may_be_known_only_later(make):
    assert make(EKS, key=pulumi.Output.from_input(EKS_KEY)).one(CLASS).inputs["parameters"]["kmsKeyId"] == EKS_KEY


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({**EKS, "key": "alias/data"}, "key: got 'alias/data'; accepted: arn:<partition>:kms.*not an alias"),
        ({**EKS, "key": "11111111-2222-3333-4444-555555555555"}, "key: .*EBS stores the full key ARN"),
        ({**EKS, "key": GKE_KEY}, "key: got 'projects/clinic.*accepted: arn:<partition>"),
        ({**GKE, "key": EKS_KEY}, "key: got 'arn:aws:kms.*accepted: projects/<project>"),
        ({**GKE, "key": f"{GKE_KEY}/cryptoKeyVersions/1"}, "key: .*Without a key version"),
        ({**GKE, "file_system_id": "fs-1"}, "file_system_id: got 'fs-1'; accepted: absent on GKE. Use filestore_network"),
        ({**EKS, "filestore_network": "main"}, "filestore_network: got 'main'; accepted: absent on EKS. Use file_system_id"),
        ({**EKS, "default_class": "FILE"}, "default_class: got 'FILE'; accepted: BLOCK, or FILE with a file system. Set file_system_id"),
        ({**EKS, "platform": "SELF_MANAGED"}, "platform: got 'SELF_MANAGED'; accepted: EKS, EKS_AUTO, GKE, GKE_LEGACY"),
        ({**EKS, "zones": ["a", "a"]}, "zones: got 'a'; accepted: each value once"),
        ({**EKS, "revision": "Second"}, "revision: got 'Second'; accepted: at most 20 lower-case"),
        ({**EKS, "revision": "x" * 21}, "revision: .*at most 20"),
        ({**EKS, "unset_default": [{"name": "gp2"}]}, r"unset_default\[0\].provisioner: missing"),
        ({"platform": "EKS"}, "key: missing; accepted: a string or an Output"),
    ],
)
def test_refuses(register, args, message):
    with pytest.raises(ArgsError, match=message):
        EncryptedStorageClassesArgs(**args)
    with pytest.raises(ArgsError, match=f"EncryptedStorageClasses 'storage': .*{message}"):
        register(lambda: EncryptedStorageClasses("storage", args))
